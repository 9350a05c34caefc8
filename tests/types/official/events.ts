// Every name that @azure/web-pubsub-express exports exists here too, and fits where the official one was.
import type * as Official from "@azure/web-pubsub-express";
import type * as Ours from "webpubsub-edge";
import type { Expect, Face, Gives, Same, Takes } from "./assert.js";

/** What a handler is given: ours must fit wherever the official one did. */
export type Requests = [
  Expect<Same<Ours.Certificate, Official.Certificate>>,
  Expect<Same<Ours.ConnectionContext, Official.ConnectionContext>>,
  Expect<Same<Ours.ConnectRequest, Official.ConnectRequest>>,
  Expect<Same<Ours.ConnectedRequest, Official.ConnectedRequest>>,
  Expect<Same<Ours.GroupJoinedRequest, Official.GroupJoinedRequest>>,
  Expect<Same<Ours.GroupLeftRequest, Official.GroupLeftRequest>>,
  Expect<Same<Ours.MqttConnectionContextProperties, Official.MqttConnectionContextProperties>>,
  Expect<Same<Ours.MqttConnectProperties, Official.MqttConnectProperties>>,
  Expect<Same<Ours.MqttConnectRequest, Official.MqttConnectRequest>>,
  Expect<Same<Ours.MqttDisconnectPacket, Official.MqttDisconnectPacket>>,
  Expect<Same<Ours.MqttUserProperty, Official.MqttUserProperty>>,
  // The official events have no json() and no contentType.
  Expect<Gives<Ours.UserEventRequest, Official.UserEventRequest>>,
  Expect<Takes<Ours.DisconnectedRequest, Official.DisconnectedRequest>>,
  Expect<Gives<Ours.DisconnectedRequest, Official.DisconnectedRequest>>,
  // The service says null when a connection ends without a DISCONNECT packet; the official type does not know that.
  Expect<Takes<Ours.MqttDisconnectedProperties, Official.MqttDisconnectedProperties>>,
  Expect<Takes<Ours.MqttDisconnectedRequest, Official.MqttDisconnectedRequest>>,
];

/** What a handler answers: whatever fits the official type must fit ours. */
export type Responses = [
  Expect<Same<Ours.ConnectResponse, Official.ConnectResponse>>,
  Expect<Same<Ours.MqttConnectResponse, Official.MqttConnectResponse>>,
  Expect<Same<Ours.MqttConnectResponseProperties, Official.MqttConnectResponseProperties>>,
  Expect<Same<Ours.MqttConnectErrorResponse, Official.MqttConnectErrorResponse>>,
  Expect<Same<Ours.MqttConnectErrorResponseProperties, Official.MqttConnectErrorResponseProperties>>,
  // Any 4xx and 5xx refuses here.
  Expect<Takes<Ours.ConnectErrorResponse, Official.ConnectErrorResponse>>,
  Expect<Gives<Ours.ConnectResponseHandler, Official.ConnectResponseHandler>>,
  Expect<Gives<Ours.UserEventResponseHandler, Official.UserEventResponseHandler>>,
];

/** The handler itself. */
export type Handler = [
  Expect<Takes<Ours.WebPubSubEventHandlerOptions, Official.WebPubSubEventHandlerOptions>>,
  Expect<Gives<Ours.WebPubSubEventHandler, Face<Official.WebPubSubEventHandler>>>,
  Expect<
    Takes<
      ConstructorParameters<typeof Ours.WebPubSubEventHandler<Record<string, any>>>,
      ConstructorParameters<typeof Official.WebPubSubEventHandler>
    >
  >,
  Expect<Takes<Ours.WebPubSubClientProtocol, Official.WebPubSubClientProtocol>>,
];

/** No value is missing, and the codes are the same. */
export type Values = [
  Expect<Gives<typeof Ours, Record<keyof typeof Official, unknown>>>,
  Expect<Same<Ours.MqttDisconnectReasonCode, Official.MqttDisconnectReasonCode>>,
  Expect<Same<Ours.MqttV311ConnectReturnCode, Official.MqttV311ConnectReturnCode>>,
  Expect<Same<Ours.MqttV500ConnectReasonCode, Official.MqttV500ConnectReasonCode>>,
  Expect<Same<keyof typeof Ours.MqttDisconnectReasonCode, keyof typeof Official.MqttDisconnectReasonCode>>,
  Expect<Same<keyof typeof Ours.MqttV311ConnectReturnCode, keyof typeof Official.MqttV311ConnectReturnCode>>,
  Expect<Same<keyof typeof Ours.MqttV500ConnectReasonCode, keyof typeof Official.MqttV500ConnectReasonCode>>,
];
