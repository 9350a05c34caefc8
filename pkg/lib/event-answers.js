// What handlers answer with: the `res` of a connect event and of a user event, and the responses that come of it.
import { checkGroup, checkUserId, mqttCodeOf, mqttStatusOf } from "./wasm.js";
import { object, optional, text, texts } from "./arguments.js";
import { argumentError } from "./errors.js";

const TYPES = {
  text: "text/plain; charset=utf-8",
  json: "application/json; charset=utf-8",
  binary: "application/octet-stream",
};

const respond = (status, type, body, headers = {}) =>
  new Response(body, { status, headers: { "Content-Type": TYPES[type], ...headers } });

/** Plain words as a response. */
export const words = (status, words) => respond(status, "text", words);

/** The event is taken, and there is nothing to say to it. */
export const taken = (headers) => new Response(null, { status: 204, headers });

const FAILED = "The event could not be handled.";

/** A handler failed. Says nothing of how. */
export const failed = () => words(500, FAILED);

/** The first answer that is given, and the state that goes with it. */
const firstAnswer = (states) => {
  let give;
  let changed = false;
  const first = {
    given: false,
    response: new Promise((resolve) => (give = resolve)),
    /** Makes the answer, unless there is one; one that cannot be made throws, and does not count. */
    answer(make) {
      if (first.given) return;
      const response = make();
      first.given = true;
      give(response);
    },
    setState(name, value) {
      changed = true;
      if (value === undefined) delete states[name];
      // Not by assignment, for which `__proto__` is no name like others.
      else
        Object.defineProperty(states, name, { value, enumerable: true, configurable: true, writable: true });
    },
    /** The header that replaces the state, if it was changed. One that became empty is sent as such, not left out. */
    state: () => (changed ? { "ce-connectionState": base64(JSON.stringify(states)) } : {}),
  };
  return first;
};

const base64 = (json) =>
  btoa(Array.from(new TextEncoder().encode(json), (byte) => String.fromCharCode(byte)).join(""));

/** How a connect event is answered: by `res`, by what the handler returns, or with a failure. */
export const connectAnswers = (req) => {
  const first = firstAnswer(req.context.states);
  const version = mqttVersion(req);
  const failWith = (response) => first.answer(() => refusal(response, version));
  const res = {
    setState: first.setState,
    success: (response) => first.answer(() => acceptance(response, req.subprotocols ?? [], first.state())),
    fail: (code, detail) => failWith({ code, detail }),
    failWith,
  };
  return {
    first,
    res,
    // What was meant to refuse must not accept.
    take: (value) =>
      (value.code === undefined && value.mqtt?.code === undefined ? res.success : failWith)(value),
    silence() {
      throw argumentError(
        "handleConnect neither answered nor returned anything, so that the client is refused: call res.success()",
        "MissingAnswer",
      );
    },
    fail: () => failWith({ code: 500, detail: FAILED }),
  };
};

/** The version of an MQTT client; nothing for other clients. */
const mqttVersion = ({ context, mqtt }) => {
  if (context.clientProtocol !== "mqtt") return undefined;
  const version = mqtt?.protocolVersion;
  return isByte(version) ? version : 255;
};

const isByte = (value) => Number.isInteger(value) && value >= 0 && value < 256;

const userProperties = ({ userProperties: list }) => {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) {
    throw argumentError("The user properties must be an array of { name, value }", "InvalidOption");
  }
  return list.map((property) => ({
    name: text(property?.name, "name of a user property", "InvalidOption"),
    value: text(property?.value, "value of a user property", "InvalidOption"),
  }));
};

const acceptance = (response, offered, state) => {
  const given = object(response, "answer to a connect event");
  const userId = optional(given, "userId", text);
  const groups = optional(given, "groups", texts);
  const roles = optional(given, "roles", texts);
  const subprotocol = optional(given, "subprotocol", text);
  const properties = userProperties(object(given.mqtt, 'option "mqtt"'));
  // An empty one makes the client anonymous.
  if (userId) checkUserId(userId);
  groups?.forEach((group) => checkGroup(group));
  if (subprotocol !== undefined && !offered.includes(subprotocol)) {
    throw argumentError(
      `The client does not offer the subprotocol ${subprotocol}: choose none, or one of: ${offered.join(" ")}`,
      "InvalidSubprotocol",
    );
  }
  const mqtt = properties && { userProperties: properties };
  const body = JSON.stringify({ mqtt, userId, groups, roles, subprotocol });
  return body === "{}" ? taken(state) : respond(200, "json", body, state);
};

const refusal = (response, version) => {
  const given = object(response, "refusal");
  const packet = object(given.mqtt, 'option "mqtt"');
  const ofMqtt = packet.code !== undefined;
  if (ofMqtt && !isByte(packet.code)) {
    throw argumentError("The code of MQTT must be an integer from 0 to 255", "InvalidStatus", true);
  }
  const status = ofMqtt ? mqttStatusOf(packet.code) : given.code;
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw argumentError(
      "The code must be an HTTP status that refuses, from 400 to 599",
      "InvalidStatus",
      true,
    );
  }
  const reason = ofMqtt ? optional(packet, "reason", text) : optional(given, "detail", text);
  if (!ofMqtt && version === undefined) return words(status, reason ?? "");
  const code = ofMqtt ? packet.code : mqttCodeOf(status, version);
  const mqtt = { code, reason, userProperties: userProperties(packet) };
  return respond(status, "json", JSON.stringify({ mqtt }));
};

/** How a user event is answered. */
export const userEventAnswers = (req) => {
  const first = firstAnswer(req.context.states);
  const res = {
    setState: first.setState,
    success: (data, dataType = "binary") => first.answer(() => reply(data, dataType, first.state())),
    fail: (code, detail) => first.answer(() => refusal({ code, detail })),
  };
  return {
    first,
    res,
    take({ data, dataType }) {
      const body = dataType === "json" ? JSON.stringify(data) : data;
      const isRight = dataType === "binary" ? isBytes(body) : typeof body === "string";
      if (!isRight || typeof dataType !== "string") throw invalidReply();
      res.success(body, dataType);
    },
    silence: () => res.success(),
    fail: () => res.fail(500, FAILED),
  };
};

const reply = (data, dataType, state) => {
  if (data === undefined || data === null) return taken(state);
  if (typeof data !== "string" && !isBytes(data)) throw invalidReply();
  if (!Object.hasOwn(TYPES, dataType)) {
    throw argumentError('The data type of a reply must be "text", "json" or "binary"', "InvalidDataType");
  }
  return respond(200, dataType, data, state);
};

const isBytes = (value) =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const invalidReply = () =>
  argumentError(
    'The reply cannot be sent: give res.success a string or bytes, or return { data, dataType } with "text", "json" or "binary"',
    "InvalidReply",
  );
