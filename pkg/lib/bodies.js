// What can be a message, and how it is sent. Bodies never enter the WebAssembly core.
import { text } from "./arguments.js";
import { argumentError } from "./errors.js";

const JSON_TYPE = 0;
const TEXT_TYPE = 1;
const BINARY_TYPE = 2;
const TYPES = new Map([
  ["application/json", JSON_TYPE],
  ["text/plain", TEXT_TYPE],
  ["application/octet-stream", BINARY_TYPE],
]);

/** The largest body that the service takes. */
const MAX_BYTES = 2 ** 20;

const invalid = (message) => argumentError(message, "InvalidMessage");

const tagOf = (value) => Object.prototype.toString.call(value);

// By shape and not by class, so that values of other realms count; classes of the host need not have a tag.
const isBlob = (value) => typeof value?.arrayBuffer === "function" && typeof value.size === "number";
const isBinary = (value) =>
  ArrayBuffer.isView(value) || /^\[object (Shared)?ArrayBuffer\]$/.test(tagOf(value)) || isBlob(value);

/** Bytes as fetch takes them: those in memory that threads share are copied. */
const unshared = (bytes) => {
  const { buffer = bytes, byteOffset, byteLength } = bytes;
  if (tagOf(buffer) !== "[object SharedArrayBuffer]") return bytes;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
};

const whole = (string) => text(string, "message", "InvalidMessage");

const isStream = (value) =>
  typeof value === "function" ||
  (typeof value === "object" &&
    value !== null &&
    (typeof value.getReader === "function" ||
      (typeof value.pipe === "function" && typeof value[Symbol.asyncIterator] === "function")));

/**
 * How a message is sent: `{ type, body }`, or `{ type, stream }` for what is yet to be read. An explicit content
 * type wins; without one strings and other values are JSON, and bytes are bytes.
 */
export const outgoing = (message, contentType) => {
  const declared = TYPES.get(contentType);
  if (declared === undefined && contentType !== undefined && contentType !== null) {
    const right = [...TYPES.keys()].join('", "');
    throw argumentError(`The content type must be one of "${right}"`, "InvalidContentType");
  }
  if (message === undefined) {
    throw invalid("The message is missing: give a string, a JSON value, bytes, a Blob or a stream");
  }
  const sent = read(message, declared);
  if (size(sent.body) > MAX_BYTES) throw tooLarge();
  return sent;
};

const read = (message, declared) => {
  const stream = isStream(message);
  if (stream || isBinary(message)) {
    if (declared === TEXT_TYPE) throw invalid("Message must be a string when the content type is text/plain");
    return { type: declared ?? BINARY_TYPE, ...(stream ? { stream: message } : { body: unshared(message) }) };
  }
  if (declared === TEXT_TYPE || declared === BINARY_TYPE) {
    if (typeof message === "string") return { type: declared, body: whole(message) };
    throw invalid(
      declared === TEXT_TYPE
        ? "Message must be a string when the content type is text/plain"
        : "Message must be bytes, a Blob, a stream or a string when the content type is application/octet-stream",
    );
  }
  return { type: JSON_TYPE, body: json(message) };
};

/** How the body of the user's own request is sent: nothing, or what a message can be that is no JSON value. */
export const own = (body) =>
  body === undefined || body === null ? {} : outgoing(body, "application/octet-stream");

/** Gives the body to send, for the time until the signal fires. */
export const bodyOf =
  ({ body, stream }) =>
  (signal) =>
    stream === undefined ? body : collect(stream, signal);

/** The bytes of a body, as far as they are known before it is sent. */
const size = (body) => {
  if (typeof body !== "string") return body?.byteLength ?? body?.size ?? 0;
  // A UTF-16 code unit is at most three bytes of UTF-8, so that most texts need no count.
  return body.length * 3 <= MAX_BYTES ? body.length : new Blob([body]).size;
};

const tooLarge = () => {
  const wrong =
    "The message is larger than 1 MiB, which the service does not take: send it in parts, or a link to it";
  return argumentError(wrong, "MessageTooLarge", true);
};

const json = (value) => {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw Object.assign(invalid(`The message has no JSON: ${cause?.message}`), { cause });
  }
  if (text === undefined)
    throw invalid("The message has no JSON: it is a symbol, or its toJSON gives nothing");
  return text;
};

/** All bytes of a stream, or of the one that a function gives; the service takes no body of unknown length. */
const collect = async (given, signal) => {
  const source = typeof given === "function" ? await given() : given;
  if (typeof source === "function" || !isStream(source)) {
    throw invalid("The message is a function that gave no stream");
  }
  if (source.locked) throw invalid("The stream of the message has a reader already: give one that has none");
  const { next, stop } = typeof source.getReader === "function" ? webReader(source) : nodeReader(source);
  signal.addEventListener("abort", stop);
  const parts = [];
  let total = 0;
  try {
    for (let part = await next(); !part.done && !signal.aborted; part = await next()) {
      parts.push(bytesOf(part.value));
      total += size(parts.at(-1));
      if (total > MAX_BYTES) throw tooLarge();
    }
  } catch (error) {
    stop();
    throw error;
  }
  return new Blob(parts).arrayBuffer();
};

const bytesOf = (part) => {
  if (typeof part === "string") return whole(part);
  if (isBinary(part)) return unshared(part);
  throw invalid("The stream of the message gave something that is neither bytes nor text");
};

const webReader = (stream) => {
  const reader = stream.getReader();
  return { next: () => reader.read(), stop: () => void reader.cancel().catch(() => {}) };
};

const nodeReader = (stream) => {
  const parts = stream[Symbol.asyncIterator]();
  return { next: () => parts.next(), stop: () => void stream.destroy?.() };
};
