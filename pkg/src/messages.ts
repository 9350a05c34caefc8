/**
 * Messages: their types, the options that sends share, and the bodies that they become.
 *
 * Bodies never enter the WebAssembly core. Not in here: the recipients (`client.ts`, `group.ts`).
 */
import { describe, isPlain, isPromise, text } from "./arguments.js";
import { argumentError } from "./errors.js";
import type { InputError } from "./errors.js";
import type { OperationOptions } from "./options.js";
import type { AbortSignalLike, BlobLike, StreamLike } from "./platform.js";

/** A message that is sent as JSON: any value that `JSON.stringify` accepts; or a received user event, sent as it came. */
export type JSONTypes = string | number | boolean | object;

/**
 * A message that is sent as bytes, or a function that returns a stream of them. It is passed to `fetch` unchanged,
 * except that streams are read to their end first: the service accepts no body of unknown length.
 */
export type BinaryMessage =
  ArrayBuffer | ArrayBufferView | BlobLike | StreamLike | (() => StreamLike | Promise<StreamLike>);

/** Any message. */
export type RequestBodyType = BinaryMessage | string | null;

/** A content type that the service accepts. */
export type ContentType = "application/json" | "text/plain" | "application/octet-stream";

/** The content type of messages in JSON, which is the default unless the message is bytes. */
export interface JsonContent {
  /** Content type. */
  contentType?: "application/json";
}

/** The content type of messages in bytes. */
export interface BinaryContent {
  /**
   * Content type. Bytes with `application/json` must already contain JSON: they are sent unchanged. Default:
   * `application/octet-stream`.
   */
  contentType?: "application/octet-stream" | "application/json";
}

/** The content type of a string. */
export interface StringContent {
  /**
   * Content type: clients receive a string as plain text (`text/plain`), as a JSON string, in quotes
   * (`application/json`), or as the bytes of its UTF-8 (`application/octet-stream`).
   */
  contentType: ContentType;
}

/** The content type of messages in plain text. */
export interface TextContent {
  /** Content type: clients receive the message as plain text. Any value but a string is a TypeError. */
  contentType: "text/plain";
}

/** Options common to all sends. */
export interface SendOptions extends OperationOptions {
  /**
   * Time that the service may keep the message for a slow client, in seconds: an integer from 0 to 300, RangeError
   * otherwise. 0 means that the message never expires. Default: 0.
   */
  messageTtlSeconds?: number;
  /**
   * Metadata that clients receive with the message, sent as `X-WebPubSub-Metadata-*` headers. Names: up to 256
   * letters, digits and other characters of header names. Values: up to 1024 printable ASCII characters. In all: 8 KiB.
   * Otherwise an error with the code `InvalidMetadata`.
   */
  messageMetadata?: Record<string, string>;
}

/** Options common to sends to several connections. */
export interface FilteredSendOptions extends SendOptions {
  /**
   * OData expression over `userId`, `connectionId` and `groups`: only connections for which it is true receive the
   * message. Write it with {@link odata}, which quotes the values.
   *
   * - not to two users: `userId ne 'user1' and userId ne 'user2'`
   * - not to the members of a group: `not ('group1' in groups)`
   */
  filter?: string;
}

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain";
const BINARY_TYPE = "application/octet-stream";
const CONTENT_TYPES: readonly unknown[] = [JSON_TYPE, TEXT_TYPE, BINARY_TYPE];

/**
 * The member of a received user event that says with which content type its data is sent. A symbol, so that no other
 * object has it by accident, nor any JSON; a registered one, so that all copies of this package know it.
 */
export const RECEIVED: unique symbol = /* @__PURE__ */ Symbol.for("webpubsub-edge.received");

/** The content types of user events, by the types of their data. */
export const CONTENT_TYPE_OF: Readonly<Record<string, ContentType>> = {
  text: TEXT_TYPE,
  json: JSON_TYPE,
  binary: BINARY_TYPE,
};

/** A body that `fetch` accepts in every runtime. */
type FetchBody = string | ArrayBuffer | ArrayBufferView | BlobLike;

/** A message in the form in which it is sent. */
export interface Outgoing {
  /** The content type. */
  contentType: ContentType;
  /** The body; for a stream, a function that reads it until the signal fires. */
  body: FetchBody | ((signal: AbortSignalLike) => Promise<ArrayBuffer>);
}

/** The service's size limit for messages, in bytes. */
const MAX_BYTES = 1_048_576;

/**
 * Converts a message to the content type and the body to send. An explicit content type wins; by default, bytes are
 * binary, the data of a received event is what it was, and all other values are JSON.
 */
export const outgoing = (message: unknown, declared?: string): Outgoing => {
  let given = declared as ContentType | undefined;
  const event = message as { [RECEIVED]?: ContentType; data?: unknown } | null | undefined;
  if (event?.[RECEIVED]) {
    given ??= event[RECEIVED];
    message = event.data;
  }
  if (given !== undefined && !CONTENT_TYPES.includes(given)) {
    throw argumentError(
      `The content type must be one of "${CONTENT_TYPES.join('", "')}"`,
      "InvalidContentType",
    );
  }
  if (message === undefined) {
    throw invalid("The message is missing: pass a string, JSON, bytes, a Blob or a stream");
  }
  const isText = typeof message === "string";
  const isStreamed = typeof message === "function" || isStream(message);
  const isBytes = isStreamed || isBinary(message);
  if (given === TEXT_TYPE && !isText) {
    throw invalid(`Message must be a string when the content type is ${TEXT_TYPE}`);
  }
  if (given === BINARY_TYPE && !isText && !isBytes) {
    throw invalid(
      `Message must be bytes, a Blob, a stream or a string when the content type is ${BINARY_TYPE}`,
    );
  }
  const contentType = given ?? (isBytes ? BINARY_TYPE : JSON_TYPE);
  if (isStreamed) {
    return {
      contentType,
      body(signal) {
        return readStream(message, signal);
      },
    };
  }
  const body = contentType === JSON_TYPE && !isBytes ? toJson(message) : toBody(message);
  checkSize(sizeOf(body));
  return { contentType, body };
};

const invalid = (message: string): InputError => argumentError(message, "InvalidMessage");

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** The members that tell streams and Blobs, by shape and not by class, so that those of other realms count. */
interface Shape extends Partial<ReadableStream & Blob> {
  pipe?(): unknown;
  destroy?(): unknown;
  [Symbol.asyncIterator]?(): AsyncIterator<unknown>;
}

const isStream = (value: unknown): value is Shape => {
  const shape = value as Shape | null | undefined;
  return (
    typeof shape?.getReader === "function" ||
    (typeof shape?.pipe === "function" && typeof shape[Symbol.asyncIterator] === "function")
  );
};

/** Whether a value is bytes or a Blob. */
export const isBinary = (value: unknown): value is Exclude<FetchBody, string> => {
  const shape = value as Shape | null;
  return (
    ArrayBuffer.isView(value) ||
    (typeof shape?.arrayBuffer === "function" && typeof shape.size === "number") ||
    /^\[object (Shared)?ArrayBuffer\]$/.test(tagOf(value))
  );
};

/** A string or bytes as `fetch` sends them unchanged: well-formed, and not in memory that others share or resize. */
const toBody = (value: unknown): FetchBody => {
  if (typeof value === "string") return text(value, "message", "InvalidMessage");
  if (!isBinary(value)) throw invalid("The stream of the message must yield bytes or strings");
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  const memory = (buffer ?? value) as ArrayBuffer & { resizable?: boolean; detached?: boolean };
  if (memory.detached) throw invalid("The bytes of the message were transferred: pass a copy");
  if (!memory.resizable && tagOf(memory) !== "[object SharedArrayBuffer]") return value;
  return new Uint8Array(memory, byteOffset, byteLength).slice();
};

/**
 * The JSON of a value. A part of it that JSON would lose is an error: `what` names the value, `code` is the error's code.
 */
export const toJson = (value: unknown, what = "message", code = "InvalidMessage"): string => {
  const check = (part: unknown): void => {
    if (typeof part !== "object" || part === null || Array.isArray(part) || isPlain(part)) return;
    // A Map, a Response and a class without public fields have nothing that JSON.stringify sees, an Error too little.
    if (Object.keys(part).length && !isPromise(part) && tagOf(part) !== "[object Error]") return;
    const [kind, advice] = describe(part);
    throw argumentError(`The ${what} ${part === value ? "is" : "contains"} ${kind}: ${advice}`, code);
  };
  // A Date or a URL has a JSON of its own.
  if (typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON !== "function") check(value);
  let written: string | undefined;
  try {
    written = JSON.stringify(value);
  } catch (cause) {
    const reason = (cause as Error | undefined)?.message;
    throw Object.assign(argumentError(`The ${what} cannot be converted to JSON: ${reason}`, code), { cause });
  }
  if (written === undefined || (written === "null" && value !== null)) {
    throw argumentError(`The ${what} has no JSON: JSON.stringify turns it into ${written}`, code);
  }
  // Looking at every part is slow, and empty objects are rare.
  if (written.includes("{}")) {
    JSON.stringify(value, (_, part: unknown) => {
      check(part);
      return part;
    });
  }
  return written;
};

let scratch: Uint8Array<ArrayBuffer> | undefined;

/** The size of a body in bytes; of a string, a lower bound that exceeds the limit if the size does. */
const sizeOf = (body: FetchBody): number => {
  if (typeof body !== "string") return (body as BlobLike).size ?? (body as ArrayBuffer).byteLength;
  // A UTF-16 code unit is one to three bytes of UTF-8: a string is encoded only if its length does not settle it.
  if (body.length * 3 <= MAX_BYTES) return body.length;
  // To memory that is kept: allocating it for each message takes ten times as long.
  const { read, written } = new TextEncoder().encodeInto(body, (scratch ??= new Uint8Array(MAX_BYTES)));
  return read === body.length ? written : Infinity;
};

const checkSize = (bytes: number): void => {
  if (bytes <= MAX_BYTES) return;
  throw argumentError(
    "The message is larger than 1 MiB, the limit of the service: split it, or send a link",
    "MessageTooLarge",
    true,
  );
};

/** Reads a stream to its end: the service accepts no body of unknown length. */
const readStream = async (message: unknown, signal: AbortSignalLike): Promise<ArrayBuffer> => {
  const source: unknown = typeof message === "function" ? await message() : message;
  if (!isStream(source)) throw invalid("The message is a function that returned no stream");
  if (source.locked) throw invalid("The stream of the message is locked: pass one that has no reader");
  const reader = source.getReader?.();
  const iterator = reader ? undefined : source[Symbol.asyncIterator]?.();
  const stop = (): void => {
    if (reader) reader.cancel().catch(() => {});
    else source.destroy?.();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const parts: FetchBody[] = [];
  let total = 0;
  try {
    while (!signal.aborted) {
      const part = await (reader ? reader.read() : iterator?.next());
      if (!part || part.done) break;
      const body = toBody(part.value);
      parts.push(body);
      checkSize((total += sizeOf(body)));
    }
  } catch (error) {
    stop();
    throw error;
  }
  const blob = new Blob(parts);
  checkSize(blob.size);
  return blob.arrayBuffer();
};
