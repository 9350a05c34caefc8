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

/**
 * The connection of an event, and the name of the event.
 *
 * @typeParam State - The values that handlers store by `setState`, by name.
 */
export interface ConnectionContext<State extends Record<string, any> = Record<string, any>> {
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
   * The state that handlers stored by `setState`; a value that none has stored is absent. It is part of every event of
   * the connection, and as trustworthy as the event itself. Its types are not validated.
   */
  states: Partial<State>;
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

/** The claims of a client access token, each with all of its values. */
export type Claims = Record<string, string[]>;

/**
 * A client requests a connection. The service waits for the response.
 *
 * @typeParam State - The values that handlers store by `setState`, by name.
 * @typeParam TokenClaims - The claims that are expected, each with all of its values. They are not validated.
 */
export interface ConnectRequest<
  State extends Record<string, any> = Record<string, any>,
  TokenClaims extends Partial<Record<keyof TokenClaims, string[]>> = Claims,
> {
  /** The connection. */
  context: ConnectionContext<State>;
  /** The claims of the client access token, each with all of its values. */
  claims?: TokenClaims;
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
export interface MqttConnectRequest<
  State extends Record<string, any> = Record<string, any>,
  TokenClaims extends Partial<Record<keyof TokenClaims, string[]>> = Claims,
> extends ConnectRequest<State, TokenClaims> {
  /** The content of the CONNECT packet. */
  mqtt: MqttConnectProperties;
}

/** A client has connected. */
export interface ConnectedRequest<State extends Record<string, any> = Record<string, any>> {
  /** The connection. */
  context: ConnectionContext<State>;
}

/** A client has disconnected, or never connected after it was accepted. */
export interface DisconnectedRequest<State extends Record<string, any> = Record<string, any>> {
  /** The connection. */
  context: ConnectionContext<State>;
  /** The reason; may be empty. */
  reason?: string;
  /** The end of an MQTT connection. */
  mqtt?: MqttDisconnectedProperties;
}

/** An MQTT client has disconnected. */
export interface MqttDisconnectedRequest<
  State extends Record<string, any> = Record<string, any>,
> extends DisconnectedRequest<State> {
  /** The end of the MQTT connection. */
  mqtt: MqttDisconnectedProperties;
}

/** A connection has joined a group. */
export interface GroupJoinedRequest<State extends Record<string, any> = Record<string, any>> {
  /** The connection. */
  context: ConnectionContext<State>;
  /** The name of the group. */
  group: string;
}

/** A connection has left a group. */
export interface GroupLeftRequest<State extends Record<string, any> = Record<string, any>> {
  /** The connection. */
  context: ConnectionContext<State>;
  /** The name of the group. */
  group: string;
}

/** The members common to all user events. */
interface UserEvent<State extends Record<string, any>, Data> {
  /** The connection, and the name of the event: `message` for clients without a subprotocol. */
  context: ConnectionContext<State>;
  /**
   * Returns the data of an event in JSON, or parses that of an event in text. The value is not validated.
   *
   * @throws TypeError with the code `InvalidEventData` if the data is bytes, or is not JSON. The message names the
   *   event and says nothing of its data.
   */
  json<T = Data>(): T;
}

/** A client has sent text. */
export interface TextUserEventRequest<
  State extends Record<string, any> = Record<string, any>,
  Data = unknown,
> extends UserEvent<State, Data> {
  /** The text. */
  data: string;
  /** The type of the data. */
  dataType: "text";
  /** The media type. */
  contentType: "text/plain";
}

/** A client has sent JSON. */
export interface JsonUserEventRequest<
  State extends Record<string, any> = Record<string, any>,
  Data = unknown,
> extends UserEvent<State, Data> {
  /** The parsed value. Its shape is not validated. */
  data: Data;
  /** The type of the data. */
  dataType: "json";
  /** The media type. */
  contentType: "application/json";
}

/** A client has sent bytes. */
export interface BinaryUserEventRequest<
  State extends Record<string, any> = Record<string, any>,
  Data = unknown,
> extends UserEvent<State, Data> {
  /** The bytes. */
  data: ArrayBuffer;
  /** The type of the data. */
  dataType: "binary";
  /**
   * The media type, without parameters; MQTT clients may name any. It distinguishes a protobuf `Any`
   * (`application/x-protobuf`, its bytes in `data`) from other bytes (`application/octet-stream`).
   */
  contentType?: "application/octet-stream" | "application/x-protobuf" | (string & {});
}

/**
 * A client has sent a message to the server. The service waits for the response.
 *
 * A send takes it as its message, and keeps text text, JSON JSON, and bytes bytes:
 * `service.group("room").sendToAll(req)`.
 *
 * @typeParam State - The values that handlers store by `setState`, by name.
 * @typeParam Data - The data of events in JSON. It is not validated.
 */
export type UserEventRequest<State extends Record<string, any> = Record<string, any>, Data = unknown> =
  TextUserEventRequest<State, Data> | JsonUserEventRequest<State, Data> | BinaryUserEventRequest<State, Data>;
