/**
 * What a handler answers to the events that the service waits for.
 *
 * In here: the answers, and the objects (`res`) that give them. Not in here: the events (`event-requests.d.ts`).
 */
import type { MqttConnectErrorResponseProperties, MqttConnectResponseProperties } from "./mqtt.js";
import type { WebPubSubRole } from "./tokens.js";

/** The HTTP status that refuses: an integer from 400 to 599, RangeError otherwise. The service retries 5xx. */
export type FailureCode = 400 | 401 | 403 | 404 | 429 | 500 | (number & {});

/** Accepts a client. What is left out stays as the client's token says. */
export interface ConnectResponse {
  /** The groups that the client is in from the start. */
  groups?: string[];
  /** What the client may do; an empty list takes all roles away. */
  roles?: WebPubSubRole[];
  /** The user that the client is; an empty string makes it anonymous. */
  userId?: string;
  /** The subprotocol to speak: one of those that the client offers, or the answer is refused with a 500. */
  subprotocol?: string;
}

/** Accepts an MQTT client. User, groups and roles count only if its session is new. */
export interface MqttConnectResponse extends ConnectResponse {
  /** What the CONNACK packet says beside. */
  mqtt?: MqttConnectResponseProperties;
}

/** Refuses a client with an HTTP status. For an MQTT client a code follows from the status. */
export interface ConnectErrorResponse {
  /** The HTTP status. */
  code: FailureCode;
  /** Why, in words. */
  detail?: string;
}

/** Refuses an MQTT client with a code of its MQTT version. The HTTP status follows from the code. */
export interface MqttConnectErrorResponse {
  /** What the CONNACK packet says. */
  mqtt: MqttConnectErrorResponseProperties;
}

/** A reply to a user event: the client gets it as text, JSON or bytes. The event itself is one that echoes. */
export type UserEventReply =
  | {
      /** The text. */
      data: string;
      /** Says that it is text. */
      dataType: "text";
    }
  | {
      /** What `JSON.stringify` takes. */
      data: unknown;
      /** Says that it is JSON. */
      dataType: "json";
    }
  | {
      /** The bytes. */
      data: ArrayBuffer | ArrayBufferView;
      /** Says that it is bytes. */
      dataType: "binary";
    };

/** Answers a connect event. The first answer counts. */
export interface ConnectResponseHandler {
  /**
   * Keeps something with the connection: later events have it in `context.states`. Counts only if the client is
   * accepted. It travels as a header with every event: keep it to a few kilobytes.
   *
   * @param name - What it is called.
   * @param value - What `JSON.stringify` takes; `undefined` removes it, and the last one removed clears the state.
   */
  setState(name: string, value: unknown): void;
  /** Accepts the client. */
  success(response?: ConnectResponse | MqttConnectResponse): void;
  /**
   * Refuses the client.
   *
   * @param code - The HTTP status that the client gets.
   * @param detail - Why, in words. Only clients of MQTT 5.0 see it.
   */
  fail(code: FailureCode, detail?: string): void;
  /** Refuses the client, an MQTT client with a code of its own. */
  failWith(response: ConnectErrorResponse | MqttConnectErrorResponse): void;
}

/** Answers a user event. The first answer counts. */
export interface UserEventResponseHandler {
  /**
   * Keeps something with the connection: later events have it in `context.states`. Counts only if the event
   * succeeds.
   *
   * @param name - What it is called.
   * @param value - What `JSON.stringify` takes; `undefined` removes it, and the last one removed clears the state.
   */
  setState(name: string, value: unknown): void;
  /**
   * Takes the event, and replies to the client if there is data.
   *
   * @param data - The reply. For `"json"` it is the JSON text: call `JSON.stringify` yourself.
   * @param dataType - How the client gets it; `"binary"` by default, also for a string.
   */
  success(data?: string | ArrayBuffer | ArrayBufferView, dataType?: "binary" | "text" | "json"): void;
  /**
   * Refuses the event. The service then ends the connection, or tells the client so, depending on its subprotocol.
   *
   * @param code - The HTTP status.
   * @param detail - Why, in words.
   */
  fail(code: FailureCode, detail?: string): void;
}
