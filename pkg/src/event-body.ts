/**
 * The bodies of events: read within the limit, parsed, and their members checked.
 *
 * In here: what the host alone can do. Refusals are in the core's words. Not in here: the headers, which the core
 * reads.
 */
import { Operation, fields } from "./core.js";
import { argumentError } from "./errors.js";
import type { InputError } from "./errors.js";
import type { ConnectionContext, UserEventRequest } from "./event-requests.js";
import { parsed } from "./failures.js";
import { CONTENT_TYPE_OF, RECEIVED } from "./messages.js";
import type { RequestLike } from "./platform.js";
import { readLimited } from "./transfer.js";

/** The faults of requests, in the order of the table in `src/core/events/refusal.rs`. */
export const enum Fault {
  BodyBroken,
  BodyTooLarge,
  BodyUnreadable,
  BodyNotText,
  BodyNotJson,
  BodyNotObject,
  BodyMember,
  BodyNoGroup,
  State,
  KeysUnreadable,
  Unauthorized,
  NotFound,
}

/** A refusal of a request: thrown where the fault is found, sent where the request came in. */
export class Refusal {
  declare readonly response: Response;

  /** @param about - What the fault is about: up to two texts. */
  constructor(fault: Fault, ...about: unknown[]) {
    const [status, text] = fields(Operation.Refusal, [fault, ...about, "", ""].map(String));
    this.response = new Response(text, { status: Number(status) });
  }
}

const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });
/** Keeps a byte order mark. */
const exactDecoder: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8; nothing for bytes that are not. */
export const decoded = (bytes: ArrayBuffer | Uint8Array, isExact = false): string | undefined => {
  try {
    return (isExact ? exactDecoder : decoder).decode(bytes);
  } catch {
    return undefined;
  }
};

/** The bytes that are the characters of a text; nothing if there are others. */
export const bytesOf = (text: string): Uint8Array | undefined =>
  /[^\0-\xff]/.test(text) ? undefined : Uint8Array.from(text, (character) => character.charCodeAt(0));

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads the state of a connection from its header. */
export const readStates = (header: string): Members => {
  if (!header) return {};
  let states: unknown;
  try {
    states = JSON.parse(decoded(bytesOf(atob(header)) as Uint8Array) as string);
  } catch {
    // Refused below, as JSON of another type is.
  }
  if (isObject(states)) return states;
  throw new Refusal(Fault.State);
};

const BODY_USED = "BodyUsed";

/** Creates the error for a body that somebody else has read. */
export const bodyUsed = (): InputError =>
  argumentError(
    "The body was read before the request reached the event handler: put the handler first, or pass a clone of the request",
    BODY_USED,
  );

/** Reads a body; `length` is the `Content-Length` header. */
export const readBody = async (request: RequestLike, length: string, limit: number): Promise<ArrayBuffer> => {
  if (request.bodyUsed || request.body?.locked) throw bodyUsed();
  const declared = length ? Number(length) : NaN;
  if (declared > limit) throw new Refusal(Fault.BodyTooLarge, limit);
  let body: ArrayBuffer | undefined;
  try {
    // The runtime reads no more than the declared length, and much faster than a loop does.
    body = await (declared <= limit || !request.body
      ? request.arrayBuffer()
      : readLimited(request.body.getReader() as ReadableStreamReader, limit, request.signal));
  } catch (error) {
    if ((error as Partial<InputError> | undefined)?.code === BODY_USED) throw error;
    throw new Refusal(Fault.BodyBroken);
  }
  if (!body || body.byteLength > limit) throw new Refusal(Fault.BodyTooLarge, limit);
  return body;
};

/** Creates the request of a user event from its body. */
export const userEvent = (
  context: ConnectionContext,
  dataType: string,
  contentType: string | undefined,
  body: ArrayBuffer,
): UserEventRequest => {
  const data = readData(dataType, body);
  const req: Received = { context, data, dataType, ...(contentType && { contentType }) };
  // Not enumerable, so that an event is its own echo, and is printed and compared without them.
  Object.defineProperty(req, RECEIVED, { value: CONTENT_TYPE_OF[dataType] });
  return Object.defineProperty(req as UserEventRequest, "json", {
    value() {
      return jsonOf(req);
    },
  });
};

/** What is read of a user event. */
interface Received {
  context: ConnectionContext;
  data: unknown;
  dataType: string;
}

/** The data of an event as JSON: parsed, or still to be parsed. The error says nothing of the data. */
const jsonOf = ({ context, data, dataType }: Received): unknown => {
  const value = dataType === "text" ? parsed(data as string) : data;
  if (value !== undefined && dataType !== "binary") return value;
  throw argumentError(
    `The ${dataType} data of the event "${context.eventName}" is not JSON: check dataType, or reject the event`,
    "InvalidEventData",
  );
};

/** Reads the data of a user event. */
const readData = (dataType: string, body: ArrayBuffer): unknown => {
  if (dataType === "binary") return body;
  const text = decoded(body, dataType === "text");
  if (text === undefined) throw new Refusal(Fault.BodyNotText);
  if (dataType === "text") return text;
  const data = parsed(text);
  if (data === undefined) throw new Refusal(Fault.BodyNotJson);
  return data;
};

/** Reads the members of all other events, without those that are null: the service writes null for absent ones. */
export const readMembers = (handler: string, context: ConnectionContext, body: ArrayBuffer): Members => {
  const { eventName } = context;
  const isConnect = handler === "handleConnect";
  const value = body.byteLength > 0 || isConnect ? parsed(decoded(body) ?? "") : {};
  if (!isObject(value)) throw new Refusal(Fault.BodyNotObject, eventName);
  const members = withoutNulls(value);
  const malformed = malformedMember(members, shapeOf(handler));
  if (malformed) throw new Refusal(Fault.BodyMember, eventName, malformed);
  if (handler.startsWith("onGroup") && members.group === undefined) {
    throw new Refusal(Fault.BodyNoGroup, eventName);
  }
  const mqtt = members.mqtt as Members | undefined;
  if (isConnect) {
    members.queries = members.query;
    if (mqtt) members.mqtt = withoutNulls(mqtt);
  } else if (mqtt && isObject(mqtt.disconnectPacket)) {
    mqtt.disconnectPacket = withoutNulls(mqtt.disconnectPacket);
  }
  members.context = context;
  return members;
};

const withoutNulls = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

type Check = (value: unknown) => boolean;
type Shape = Record<string, Check>;

/** The name of a member that is there and has another type than the shape; the first one. */
const malformedMember = (members: Members, shape: Shape): string | undefined =>
  Object.keys(shape).find((name) => members[name] != null && !shape[name]?.(members[name]));

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isByte: Check = (value) => value === ((value as number) & 255);
const isProperty: Check = (value) => isObject(value) && isText(value.name) && isText(value.value);
const listOf =
  (isRight: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isRight);
const has =
  (shape: Shape): Check =>
  (value) =>
    isObject(value) && !malformedMember(value, shape);
const isMap: Check = (value) => isObject(value) && Object.values(value).every(listOf(isText));

/** The members of the event that this handler is for. */
const shapeOf = (handler: string): Shape => {
  const userProperties = listOf(isProperty);
  switch (handler) {
    case "handleConnect":
      return {
        clientCertificates: listOf(has({ thumbprint: isText, content: isText })),
        mqtt: has({
          protocolVersion: isByte,
          cleanStart: isFlag,
          username: isText,
          password: isText,
          userProperties,
        }),
        claims: isMap,
        query: isMap,
        headers: isMap,
        subprotocols: listOf(isText),
      };
    case "onDisconnected":
      return {
        mqtt: has({ initiatedByClient: isFlag, disconnectPacket: has({ code: isByte, userProperties }) }),
        reason: isText,
      };
    case "onConnected":
      return {};
    default:
      return { group: isText };
  }
};
