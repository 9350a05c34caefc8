// What can be a message, and how it is sent. Bodies never enter the WebAssembly core.
import { argumentError } from "./errors.js";

const JSON_TYPE = 0;
const TEXT_TYPE = 1;
const BINARY_TYPE = 2;
const TYPES = {
  "application/json": JSON_TYPE,
  "text/plain": TEXT_TYPE,
  "application/octet-stream": BINARY_TYPE,
};

/** The largest body that the service takes. */
const MAX_BYTES = 2 ** 20;

const invalid = (message) => argumentError(message, "InvalidMessage");

// By shape and not by class, so that values of other realms count.
const BINARY = ["ArrayBuffer", "SharedArrayBuffer", "Blob", "File"].map((name) => `[object ${name}]`);
const isBinary = (value) =>
  ArrayBuffer.isView(value) || BINARY.includes(Object.prototype.toString.call(value));

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
  const declared = contentType === undefined || contentType === null ? undefined : TYPES[contentType];
  if (declared === undefined && contentType !== undefined && contentType !== null) {
    const right = Object.keys(TYPES).join('", "');
    throw argumentError(`The content type must be one of "${right}"`, "InvalidContentType");
  }
  if (message === undefined) {
    throw invalid("The message is missing: give a string, a JSON value, bytes, a Blob or a stream");
  }
  const sent = read(message, declared);
  limited(sent.body);
  return sent;
};

const read = (message, declared) => {
  const stream = isStream(message);
  if (stream || isBinary(message)) {
    if (declared === TEXT_TYPE) throw invalid("Message must be a string when the content type is text/plain");
    return { type: declared ?? BINARY_TYPE, [stream ? "stream" : "body"]: message };
  }
  if (declared === TEXT_TYPE || declared === BINARY_TYPE) {
    if (typeof message === "string") return { type: declared, body: message };
    throw invalid(
      declared === TEXT_TYPE
        ? "Message must be a string when the content type is text/plain"
        : "Message must be bytes, a Blob, a stream or a string when the content type is application/octet-stream",
    );
  }
  return { type: JSON_TYPE, body: json(message) };
};

/** The bytes of a body, as far as they are known before it is sent. */
const size = (body) => {
  if (typeof body !== "string") return body?.byteLength ?? body?.size ?? 0;
  // A UTF-16 code unit is at most three bytes of UTF-8, so that most texts need no count.
  return body.length * 3 <= MAX_BYTES ? body.length : new Blob([body]).size;
};

const limited = (body) => {
  if (size(body) <= MAX_BYTES) return body;
  const wrong =
    "The message is larger than 1 MiB, which the service does not take: send it in parts, or a link to it";
  throw argumentError(wrong, "MessageTooLarge", true);
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
export const collect = async (stream) => {
  const source = typeof stream === "function" ? await stream() : stream;
  const parts = [];
  if (typeof source?.[Symbol.asyncIterator] === "function") {
    for await (const part of source) parts.push(part);
  } else if (typeof source?.getReader === "function") {
    const reader = source.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  } else {
    throw invalid("The message is a function that gave no stream");
  }
  return limited(await new Blob(parts).arrayBuffer());
};
