/**
 * The events that the service sends: what a handler is given.
 *
 * In here: one type per event, and the context that all of them have. Not in here: what a handler answers
 * (`event-responses.d.ts`).
 */
import type {
  MqttConnectionContextProperties,
  MqttConnectProperties,
  MqttDisconnectedProperties,
} from "./mqtt.js";

/** Which connection an event is about, and which event it is. */
export interface ConnectionContext {
  /** The hub, as the service writes it. */
  hub: string;
  /** The id of the connection. For MQTT it is the client id, which the client chose itself. */
  connectionId: string;
  /** The user that the connection belongs to; absent if it is anonymous. */
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
   * What was kept with the connection by `setState`. It travels with every event of the connection, and is as
   * trustworthy as the event itself.
   */
  states: Record<string, any>;
  /** How the client speaks. */
  clientProtocol: "default" | "mqtt";
  /** What only MQTT connections have. */
  mqtt?: MqttConnectionContextProperties;
  /** The number of the event on its connection, from `ce-id`. An {@link EventDeduplicator} goes by it. */
  id?: string;
  /** When it happened, from `ce-time`: `2026-01-31T12:00:00Z`. */
  time?: string;
  /** Where it happened, from `ce-source`: `/hubs/{hub}/client/{connectionId}`. */
  source?: string;
  /** What the client sent along as metadata, from `X-WebPubSub-Metadata-*`; names in lower case. */
  metadata?: Record<string, string>;
}

/** A certificate that a client connected with. */
export interface Certificate {
  /** Its SHA-1 thumbprint, in hexadecimal. */
  thumbprint: string;
  /** The certificate, in PEM. */
  content?: string;
}

/** A client wants to connect. The service waits for the answer. */
export interface ConnectRequest {
  /** Which connection. */
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
  /** The subprotocols that the client offers. The answer may choose one of them. */
  subprotocols?: string[];
  /** The certificates that the client connected with. */
  clientCertificates?: Certificate[];
  /** What the CONNECT packet says, if it is an MQTT client. */
  mqtt?: MqttConnectProperties;
}

/** An MQTT client wants to connect. */
export interface MqttConnectRequest extends ConnectRequest {
  /** What the CONNECT packet says. */
  mqtt: MqttConnectProperties;
}

/** A client has connected. */
export interface ConnectedRequest {
  /** Which connection. */
  context: ConnectionContext;
}

/** A client has disconnected, or was accepted and never came. */
export interface DisconnectedRequest {
  /** Which connection. */
  context: ConnectionContext;
  /** Why; may be empty. */
  reason?: string;
  /** How it left, if it was an MQTT client. */
  mqtt?: MqttDisconnectedProperties;
}

/** An MQTT client has disconnected. */
export interface MqttDisconnectedRequest extends DisconnectedRequest {
  /** How it left. */
  mqtt: MqttDisconnectedProperties;
}

/** A connection has joined a group. */
export interface GroupJoinedRequest {
  /** Which connection. */
  context: ConnectionContext;
  /** The name of the group. */
  group: string;
}

/** A connection has left a group. */
export interface GroupLeftRequest {
  /** Which connection. */
  context: ConnectionContext;
  /** The name of the group. */
  group: string;
}

/** What every user event has. */
interface UserEvent {
  /** Which connection, and the name of the event: `message` for clients without a subprotocol. */
  context: ConnectionContext;
  /**
   * The media type, without parameters. Tells a protobuf `Any` (`application/x-protobuf`, its bytes in `data`) from
   * other bytes (`application/octet-stream`).
   */
  contentType?: string;
}

/** A client has sent text. */
export interface TextUserEventRequest extends UserEvent {
  /** The text. */
  data: string;
  /** Says that it is text. */
  dataType: "text";
}

/** A client has sent JSON. */
export interface JsonUserEventRequest extends UserEvent {
  /** The value, parsed. Nothing is known about it: check it. */
  data: unknown;
  /** Says that it is JSON. */
  dataType: "json";
}

/** A client has sent bytes. */
export interface BinaryUserEventRequest extends UserEvent {
  /** The bytes. */
  data: ArrayBuffer;
  /** Says that it is bytes. */
  dataType: "binary";
}

/** A client has sent something to the server. The service waits for the answer. */
export type UserEventRequest = TextUserEventRequest | JsonUserEventRequest | BinaryUserEventRequest;

export {};
