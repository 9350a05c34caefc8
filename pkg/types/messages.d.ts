/**
 * What can be sent to clients.
 *
 * In here: the types of messages, and the options that sends share. Not in here: to whom (`client.d.ts`,
 * `group.d.ts`).
 */
import type { OperationOptions } from "./options.js";
import type { BlobLike, StreamLike } from "./platform.js";

/** What is sent as JSON: anything that `JSON.stringify` takes. */
export type JSONTypes = string | number | boolean | object;

/**
 * What is sent as bytes. It goes to `fetch` as it is, except that streams are read to their end first: the service
 * takes no body of unknown length. A function may give the stream.
 */
export type BinaryMessage =
  ArrayBuffer | ArrayBufferView | BlobLike | StreamLike | (() => StreamLike | Promise<StreamLike>);

/** Anything that can be a message. */
export type RequestBodyType = BinaryMessage | string | null;

/** Says that a message is sent as JSON, which a message that is not bytes is anyway. */
export interface JsonContent {
  /** Bytes must be JSON already then: they are sent as they are. */
  contentType?: "application/json";
}

/** Says that a message is sent as bytes, which bytes are anyway. */
export interface BinaryContent {
  /** A string is then sent as UTF-8; anything else but bytes is refused with a TypeError. */
  contentType?: "application/octet-stream";
}

/** Says that a message is sent as text. */
export interface TextContent {
  /** Anything but a string is then refused with a TypeError. */
  contentType: "text/plain";
}

/** What every send takes. */
export interface SendOptions extends OperationOptions {
  /**
   * For how many seconds the service may keep the message for a client that is slow to take it: an integer from
   * 0 to 300. 0, the default, means that it never expires. RangeError otherwise.
   */
  messageTtlSeconds?: number;
  /**
   * Facts about the message that clients get beside it, sent as headers (`X-WebPubSub-Metadata-*`): names of up to
   * 256 letters, digits and other characters of header names, values of up to 1024 printable ASCII characters, 8 KiB
   * in all. Otherwise an error with the code `InvalidMetadata`.
   */
  messageMetadata?: Record<string, string>;
}

/** What a send to several connections takes. */
export interface FilteredSendOptions extends SendOptions {
  /**
   * An OData expression over `userId`, `connectionId` and `groups`: only the connections for which it is true get
   * the message. Write it with {@link odata}, which quotes the values.
   *
   * - not to two users: `userId ne 'user1' and userId ne 'user2'`
   * - not to the members of a group: `not ('group1' in groups)`
   */
  filter?: string;
}
