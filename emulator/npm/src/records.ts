/**
 * The records of the emulator's traffic, as the admin API and the traffic file have them. Types only.
 */

/** The kinds of records that can be selected. */
export type RecordKind = "rest" | "connect" | "frame" | "lost" | "disconnect" | "event";

/** What all records have. */
export interface RecordBase {
  /** Number of the record: 1, 2, 3, … */
  readonly seq: number;
  /** Time when it was over, by the machine's clock, in RFC 3339. */
  readonly time: string;
  /** Hub, where there is one. */
  readonly hub?: string;
  /** Connection that it is about. */
  readonly connection?: string;
  /** User that it is about. */
  readonly user?: string;
}

/** A body. Secrets in it are masked. */
export interface RecordedBody {
  /** Length of the whole body, in bytes. */
  readonly size: number;
  /** Its text, if it is UTF-8. */
  readonly text?: string;
  /** Its bytes in base64, if it is not UTF-8. */
  readonly base64?: string;
  /** `true` if only its first 16 KiB were kept. */
  readonly cut?: boolean;
}

/** An HTTP request. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query; of an event the whole URL. */
  readonly url: string;
  /** Headers by their lower-case names; repeated ones are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RecordedBody;
}

/** An HTTP response. */
export interface RecordedResponse {
  readonly status: number;
  /** Headers by their lower-case names; repeated ones are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RecordedBody;
}

/** A request and what came of it. */
export interface RecordedExchange extends RecordBase {
  readonly request: RecordedRequest;
  /** Response; none if the connection was reset, or the event handler did not respond. */
  readonly response?: RecordedResponse;
  readonly durationMs: number;
  /** Id of the fault that applied to it. */
  readonly fault?: number;
}

/** A REST call. */
export interface RestRecord extends RecordedExchange {
  readonly kind: "rest";
}

/** The handshake of a client. */
export interface ConnectRecord extends RecordedExchange {
  readonly kind: "connect";
}

/** An attempt to deliver an event to its handler. */
export interface EventRecord extends RecordedExchange {
  readonly kind: "event";
  /**
   * Type of the event without `azure.webpubsub.`, such as `sys.connect` or `user.message`; `handshake` for the request
   * by which the handler agrees to receive events.
   */
  readonly event: string;
  /** Reason why the event was not accepted. */
  readonly error?: string;
}

/** A WebSocket frame. */
export interface FrameRecord extends RecordBase {
  readonly kind: "frame";
  /** `in` is from the client. */
  readonly direction: "in" | "out";
  readonly opcode: "text" | "binary" | "ping" | "pong" | "close";
  readonly subprotocol?: string;
  /** Payload; of a close frame its reason. */
  readonly body: RecordedBody;
  /** Code of a close frame. */
  readonly code?: number;
}

/** The loss of a socket to which the client, a reliable one or one with an MQTT session, may come back. */
export interface LostRecord extends RecordBase {
  readonly kind: "lost";
  readonly reason: string;
}

/** The end of a client's connection. */
export interface DisconnectRecord extends RecordBase {
  readonly kind: "disconnect";
  readonly reason: string;
}

/** Records that are missing because the reader was too slow. */
export interface GapRecord extends RecordBase {
  readonly kind: "gap";
  /** Number of missing records. */
  readonly lost: number;
}

/** A record of the traffic, by its `kind`. */
export type TrafficRecord =
  RestRecord | ConnectRecord | EventRecord | FrameRecord | LostRecord | DisconnectRecord;

/** The records of some kinds. */
export type RecordOf<K extends RecordKind> = Extract<TrafficRecord, { readonly kind: K }>;
