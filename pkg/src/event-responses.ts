/**
 * The responses of handlers to the events that the service waits for, and the objects (`res`) that send them.
 *
 * Not in here: the events (`event-requests.ts`).
 */
import type { MqttConnectErrorResponseProperties, MqttConnectResponseProperties } from "./mqtt.js";
import type { WebPubSubRole } from "./tokens.js";

/** The HTTP status of a rejection: an integer from 400 to 599, RangeError otherwise. The service retries 5xx. */
export type FailureCode = 400 | 401 | 403 | 404 | 429 | 500 | (number & {});

/** Accepts a client. Absent members keep the value from the client's token. */
export interface ConnectResponse {
  /** Groups that the client joins. */
  groups?: string[];
  /** Roles of the client; an empty list removes all roles. */
  roles?: WebPubSubRole[];
  /** User id of the client; an empty string makes it anonymous. */
  userId?: string;
  /** Subprotocol of the connection: one that the client offers, otherwise the client is rejected with a 500. */
  subprotocol?: string;
}

/** Accepts an MQTT client. User id, groups and roles apply only if its session is new. */
export interface MqttConnectResponse extends ConnectResponse {
  /** Additional content of the CONNACK packet. */
  mqtt?: MqttConnectResponseProperties;
}

/** Rejects a client with an HTTP status, which determines the code that an MQTT client receives. */
export interface ConnectErrorResponse {
  /** The HTTP status. */
  code: FailureCode;
  /** The reason, as text for the client. */
  detail?: string;
}

/** Rejects an MQTT client with a code of its MQTT version, which determines the HTTP status. */
export interface MqttConnectErrorResponse {
  /** The content of the CONNACK packet. */
  mqtt: MqttConnectErrorResponseProperties;
}

/** A reply to a user event, which the client receives as text, JSON or bytes. An event is its own echo. */
export type UserEventReply =
  | {
      /** The text. */
      data: string;
      /** The type of the data. */
      dataType: "text";
    }
  | {
      /** Any value that `JSON.stringify` accepts. */
      data: unknown;
      /** The type of the data. */
      dataType: "json";
    }
  | {
      /** The bytes. */
      data: ArrayBuffer | ArrayBufferView;
      /** The type of the data. */
      dataType: "binary";
    };

/** Sends the response to a connect event. Only the first response is sent. */
export interface ConnectResponseHandler<State extends Record<string, any> = Record<string, any>> {
  /**
   * Stores a value with the connection: later events have it in `context.states`. Applies only if the client is
   * accepted. The state is a header of every event: more than 8 KiB as JSON in base64 is a RangeError of the response.
   *
   * @param name - The name of the value.
   * @param value - Any value that `JSON.stringify` accepts; `undefined` removes it, and an empty state is cleared.
   */
  setState<Name extends keyof State & string>(name: Name, value: State[Name] | undefined): void;
  /** Accepts the client. */
  success(response?: ConnectResponse | MqttConnectResponse): void;
  /**
   * Rejects the client.
   *
   * @param code - The HTTP status that the client receives.
   * @param detail - The reason, as text. Of MQTT clients, only those of MQTT 5.0 receive it.
   */
  fail(code: FailureCode, detail?: string): void;
  /** Rejects the client; an MQTT client optionally with a code of its MQTT version. */
  failWith(response: ConnectErrorResponse | MqttConnectErrorResponse): void;
}

/** Sends the response to a user event. Only the first response is sent. */
export interface UserEventResponseHandler<State extends Record<string, any> = Record<string, any>> {
  /**
   * Stores a value with the connection: later events have it in `context.states`. Applies only if the event
   * succeeds.
   *
   * @param name - The name of the value.
   * @param value - Any value that `JSON.stringify` accepts; `undefined` removes it, and an empty state is cleared.
   */
  setState<Name extends keyof State & string>(name: Name, value: State[Name] | undefined): void;
  /**
   * Accepts the event, and replies to the client if there is data.
   *
   * @param data - The reply. For `"json"` it is JSON text: call `JSON.stringify` first.
   * @param dataType - The type in which the client receives it. Default: `"text"` for a string if the event is text;
   *   otherwise `"binary"`, also for a string.
   */
  success(data?: string | ArrayBuffer | ArrayBufferView, dataType?: "binary" | "text" | "json"): void;
  /**
   * Rejects the event. Depending on the subprotocol, the service closes the connection or sends the client an error.
   *
   * @param code - The HTTP status.
   * @param detail - The reason, as text.
   */
  fail(code: FailureCode, detail?: string): void;
}
