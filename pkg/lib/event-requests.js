// What handlers are given: the context of an event, its body, read within bounds, and the members of it, checked.
import { argumentError } from "./errors.js";

/** What is wrong with a request: becomes a response with this status and these words. */
export class Fault extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
const isMap = (value) => isObject(value) && Object.values(value).every(isTexts);

/** The text that bytes are in UTF-8, if they are; with the byte order mark that it may begin with, or without. */
const decoded = (bytes, ignoreBOM = false) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    return undefined;
  }
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A text whose characters are bytes, as those bytes; `undefined` for another. */
const bytesOf = (text) => {
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  return codes.every((code) => code < 256) ? Uint8Array.from(codes) : undefined;
};

/** The headers of a request by their names in lower case. Some runtimes decode UTF-8, others give its bytes. */
export const headersOf = (request) => {
  const headers = new Map();
  request.headers.forEach((value, name) => {
    const bytes = /[\u0080-\u00ff]/.test(value) ? bytesOf(value) : undefined;
    headers.set(name, (bytes && decoded(bytes, true)) ?? value);
  });
  return headers;
};

/** Which connection an event is about, and which event it is. */
export const contextOf = (headers) => {
  const get = (name) => headers.get(name) || undefined;
  const below = (prefix) =>
    [...headers].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    );
  const context = {
    hub: get("ce-hub"),
    connectionId: get("ce-connectionid"),
    eventName: get("ce-eventname") ?? get("ce-type").split(".").slice(3).join("."),
    origin: get("webhook-request-origin"),
    signature: get("ce-signature") ?? "",
    states: statesOf(get("ce-connectionstate")),
    clientProtocol: "default",
  };
  const optional = {
    userId: get("ce-userid"),
    subprotocol: get("ce-subprotocol"),
    id: get("ce-id"),
    time: get("ce-time"),
    source: get("ce-source"),
  };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) context[name] = value;
  const metadata = below("x-webpubsub-metadata-");
  if (metadata.length > 0) context.metadata = Object.fromEntries(metadata);
  const physicalConnectionId = get("ce-physicalconnectionid");
  if (physicalConnectionId && /^(mqtt|$)/i.test(context.subprotocol ?? "")) {
    context.clientProtocol = "mqtt";
    context.mqtt = { physicalConnectionId };
    const sessionId = get("ce-sessionid");
    if (sessionId) context.mqtt.sessionId = sessionId;
    const userProperties = below("mqtt-").map(([name, value]) => ({ name, value }));
    if (userProperties.length > 0) context.mqtt.userProperties = userProperties;
  }
  return context;
};

const statesOf = (header) => {
  if (header === undefined) return {};
  let states;
  try {
    states = parsed(decoded(bytesOf(atob(header))));
  } catch {
    // Told below, like base64 of anything else.
  }
  if (isObject(states)) return states;
  throw new Fault(400, "The header ce-connectionState is not base64 of a JSON object.");
};

const broken = () => new Fault(400, "The request ended before its body had come.");

/** The bytes of a body, as one array. */
export const readBody = async (request, limit) => {
  if (request.bodyUsed) {
    throw argumentError(
      "The body was read before the event handler got the request: put the handler first",
      "BodyUsed",
    );
  }
  const tooLarge = () =>
    new Fault(
      413,
      `The body is larger than this handler takes, ${limit} bytes: raise its limit, or send less.`,
    );
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge();
  if (!request.body) return new Uint8Array(0);
  const { signal } = request;
  const reader = request.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  const chunks = [];
  let size = 0;
  signal?.addEventListener("abort", stop);
  try {
    if (signal?.aborted) stop();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      size += next.value.byteLength;
      if (size > limit) break;
    }
  } catch {
    throw broken();
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  if (signal?.aborted) throw broken();
  if (size > limit) {
    stop();
    throw tooLarge();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
};

/** The argument of `handleUserEvent`. */
export const userEventOf = (context, dataType, contentType, bytes) => {
  const mediaType = contentType?.split(";")[0].trim().toLowerCase();
  return { context, data: dataOf(dataType, bytes), dataType, ...(mediaType && { contentType: mediaType }) };
};

const dataOf = (dataType, bytes) => {
  if (dataType === "binary") return bytes.buffer;
  const text = decoded(bytes, dataType === "text");
  if (text === undefined) throw new Fault(400, "The body of the user event is not text in UTF-8.");
  if (dataType === "text") return text;
  const data = parsed(text);
  if (data === undefined) throw new Fault(400, "The body of the user event is not JSON.");
  return data;
};

/** The argument of every other handler. */
export const systemEventOf = (handler, context, bytes) => {
  const isConnect = handler === "handleConnect";
  const members = bytes.byteLength > 0 || isConnect ? parsed(decoded(bytes)) : {};
  if (!isObject(members)) {
    throw new Fault(400, `The body of the ${context.eventName} event is not a JSON object.`);
  }
  const body = withoutNulls(members);
  for (const [name, isRight] of Object.entries(MEMBERS)) {
    if (body[name] !== undefined && !isRight(body[name])) {
      throw new Fault(400, `The body of the ${context.eventName} event has a malformed member: ${name}.`);
    }
  }
  if (handler.startsWith("onGroup") && body.group === undefined) {
    throw new Fault(400, `The body of the ${context.eventName} event names no group.`);
  }
  if (isConnect && body.mqtt) body.mqtt = withoutNulls(body.mqtt);
  else if (isObject(body.mqtt?.disconnectPacket)) {
    body.mqtt.disconnectPacket = withoutNulls(body.mqtt.disconnectPacket);
  }
  return isConnect ? { ...body, context, queries: body.query } : { ...body, context };
};

/** The service writes null for what there is none of. */
const withoutNulls = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

const isText = (value) => typeof value === "string";

const MEMBERS = {
  claims: isMap,
  query: isMap,
  headers: isMap,
  subprotocols: isTexts,
  clientCertificates: (value) => Array.isArray(value) && value.every(isObject),
  mqtt: isObject,
  reason: isText,
  group: isText,
};
