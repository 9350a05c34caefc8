// What handlers are given: bodies, read within bounds, and their members checked.
import { argumentError } from "./errors.js";

/** What is wrong with a request: becomes a response with this status and these words. */
export class Fault extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const broken = () => new Fault(400, "The request ended before its body had come.");

/** The bytes of a body, as one array; `undefined` if there are more than `limit`. */
export const readBody = async (request, limit) => {
  if (request.bodyUsed) {
    throw argumentError(
      "The body was read before the event handler got the request: put the handler first",
      "BodyUsed",
    );
  }
  if (Number(request.headers.get("content-length")) > limit) return undefined;
  if (!request.body) return new Uint8Array(0);
  const { signal } = request;
  const reader = request.body.getReader();
  const stop = () => reader.cancel().catch(() => {});
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  const chunks = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > limit) {
        stop();
        return undefined;
      }
      chunks.push(next.value);
    }
  } catch {
    throw broken();
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  if (signal?.aborted) throw broken();
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
const isMap = (value) => isObject(value) && Object.values(value).every(isTexts);

/** The service writes null for what there is none of. */
const withoutNulls = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

/** The state of the connection, from the JSON text that the core decoded. */
export const parseStates = (json) => {
  const states = json === undefined ? {} : parse(json);
  if (!isObject(states))
    throw new Fault(400, "The header ce-connectionState is not base64 of a JSON object.");
  return states;
};

/** The argument of a handler, by the event that the core found and its body. */
export const requestOf = ({ handler, context, dataType, contentType }, bytes) => {
  if (handler === "handleUserEvent") {
    return { context, data: dataOf(dataType, bytes), dataType, ...(contentType && { contentType }) };
  }
  const members = membersOf(context.eventName, bytes, handler !== "handleConnect");
  switch (handler) {
    case "handleConnect":
      return { ...checkedConnect(members), context, queries: members.query };
    case "onGroupJoined":
    case "onGroupLeft":
      if (typeof members.group !== "string")
        throw new Fault(400, "The body of the group event names no group.");
  }
  const packet = members.mqtt?.disconnectPacket;
  if (isObject(packet)) members.mqtt.disconnectPacket = withoutNulls(packet);
  return { ...members, context };
};

const dataOf = (dataType, bytes) => {
  if (dataType === "binary") return bytes.buffer;
  // Text keeps a byte order mark that it begins with.
  const text = decode(bytes, dataType === "text");
  if (text === undefined) throw new Fault(400, "The body of the user event is not text in UTF-8.");
  if (dataType === "text") return text;
  const data = parse(text);
  if (data === undefined) throw new Fault(400, "The body of the user event is not JSON.");
  return data;
};

const membersOf = (eventName, bytes, mayBeEmpty) => {
  if (mayBeEmpty && bytes.byteLength === 0) return {};
  const members = parse(decode(bytes, false));
  if (!isObject(members)) throw new Fault(400, `The body of the ${eventName} event is not a JSON object.`);
  return withoutNulls(members);
};

const checkedConnect = (members) => {
  const checks = {
    claims: isMap,
    query: isMap,
    headers: isMap,
    subprotocols: isTexts,
    clientCertificates: Array.isArray,
    mqtt: isObject,
  };
  for (const [name, isRight] of Object.entries(checks)) {
    if (members[name] !== undefined && !isRight(members[name])) {
      throw new Fault(
        400,
        `The body of the connect event has ${name} of another form than the protocol says.`,
      );
    }
  }
  return members.mqtt ? { ...members, mqtt: withoutNulls(members.mqtt) } : members;
};

const decode = (bytes, ignoreBOM) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    return undefined;
  }
};

const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
