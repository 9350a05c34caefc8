/**
 * The events that the service sends: the arguments of handlers.
 *
 * In here: one type per event, and the context that all of them have. Not in here: the responses of handlers
 * (`event-responses.ts`).
 */
import type {
  MqttConnectionContextProperties,
  MqttConnectProperties,
  MqttDisconnectedProperties,
} from "./mqtt.js";

/** The connection of an event, and the name of the event. */
export interface ConnectionContext {
  /** The hub, as the service writes it. */
  hub: string;
  /** The id of the connection. For MQTT it is the client id, which the client chooses. */
  connectionId: string;
  /** The user id of the connection; absent if it is anonymous. */
  userId?: string;
  /** `connect`, `connected`, `disconnected`, `joined`, `left`, or the name of the user event. */
  eventName: string;
  /** The host of the service that sent the event, from `WebHook-Request-Origin`. */
  origin: string;
  /** The `ce-signature` header. It has been verified, unless `dangerouslySkipSignatureVerification` is set. */
  signature: string;
  /** The subprotocol of the connection, such as `json.webpubsub.azure.v1`. */
  subprotocol?: string;
  /**
   * The state that handlers stored by `setState`. It is part of every event of the connection, and as trustworthy as
   * the event itself.
   */
  states: Record<string, any>;
  /** The protocol of the client. */
  clientProtocol: "default" | "mqtt";
  /** Details of an MQTT connection; absent for other clients. */
  mqtt?: MqttConnectionContextProperties;
  /** The number of the event on its connection, from `ce-id`; the key of {@link EventDeduplicator}. */
  id?: string;
  /** The time of the event, from `ce-time`: `2026-01-31T12:00:00Z`. */
  time?: string;
  /** The source of the event, from `ce-source`: `/hubs/{hub}/client/{connectionId}`. */
  source?: string;
  /** The metadata that the client sent with the event, from `X-WebPubSub-Metadata-*`; names in lower case. */
  metadata?: Record<string, string>;
}

/** A client certificate. */
export interface Certificate {
  /** The SHA-1 thumbprint, in hexadecimal. */
  thumbprint: string;
  /** The certificate, in PEM. */
  content?: string;
}

/** A client requests a connection. The service waits for the response. */
export interface ConnectRequest {
  /** The connection. */
  context: ConnectionContext;
  /** The claims of the client access token, each with all of its values. */
  claims?: Record<string, string[]>;
  /**
   * The query of the client's URL, each parameter with all of its values.
   *
   * @deprecated Use `queries`.
   */
  query?: Record<string, string[]>;
  /** The query of the client's URL, each parameter with all of its values. */
  queries?: Record<string, string[]>;
  /** The headers of the client's request, each with all of its values. */
  headers?: Record<string, string[]>;
  /** The subprotocols that the client offers. The response may choose one of them. */
  subprotocols?: string[];
  /** The client's certificates. */
  clientCertificates?: Certificate[];
  /** The content of the CONNECT packet of an MQTT client. */
  mqtt?: MqttConnectProperties;
}

/** An MQTT client requests a connection. */
export interface MqttConnectRequest extends ConnectRequest {
  /** The content of the CONNECT packet. */
  mqtt: MqttConnectProperties;
}

/** A client has connected. */
export interface ConnectedRequest {
  /** The connection. */
  context: ConnectionContext;
}

/** A client has disconnected, or never connected after it was accepted. */
export interface DisconnectedRequest {
  /** The connection. */
  context: ConnectionContext;
  /** The reason; may be empty. */
  reason?: string;
  /** The end of an MQTT connection. */
  mqtt?: MqttDisconnectedProperties;
}

/** An MQTT client has disconnected. */
export interface MqttDisconnectedRequest extends DisconnectedRequest {
  /** The end of the MQTT connection. */
  mqtt: MqttDisconnectedProperties;
}

/** A connection has joined a group. */
export interface GroupJoinedRequest {
  /** The connection. */
  context: ConnectionContext;
  /** The name of the group. */
  group: string;
}

/** A connection has left a group. */
export interface GroupLeftRequest {
  /** The connection. */
  context: ConnectionContext;
  /** The name of the group. */
  group: string;
}

/** The members common to all user events. */
interface UserEvent {
  /** The connection, and the name of the event: `message` for clients without a subprotocol. */
  context: ConnectionContext;
  /**
   * The media type, without parameters. It distinguishes a protobuf `Any` (`application/x-protobuf`, its bytes in
   * `data`) from other bytes (`application/octet-stream`).
   */
  contentType?: string;
}

/** A client has sent text. */
export interface TextUserEventRequest extends UserEvent {
  /** The text. */
  data: string;
  /** The type of the data. */
  dataType: "text";
}

/** A client has sent JSON. */
export interface JsonUserEventRequest extends UserEvent {
  /** The parsed value. Its shape is not validated. */
  data: unknown;
  /** The type of the data. */
  dataType: "json";
}

/** A client has sent bytes. */
export interface BinaryUserEventRequest extends UserEvent {
  /** The bytes. */
  data: ArrayBuffer;
  /** The type of the data. */
  dataType: "binary";
}

/** A client has sent a message to the server. The service waits for the response. */
export type UserEventRequest = TextUserEventRequest | JsonUserEventRequest | BinaryUserEventRequest;
