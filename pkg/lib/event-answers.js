// What handlers answer with: the `res` of a connect event and of a user event. The core makes the answers.
import { acceptConnect, failed, refuse, reply } from "../dist/webpubsub_edge.js";
import { argumentError } from "./errors.js";

/** A response, by what the core says; `body` is one that did not pass through it. */
export const responseOf = (answer, body) => {
  const { status, headers, body: text } = JSON.parse(answer);
  return new Response(status === 204 ? null : (body ?? text), { status, headers });
};

/** Plain words as a response. */
export const words = (status, text) =>
  new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });

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
    /** What the core takes: nothing for a state that is kept, an empty text for one that is cleared. */
    state() {
      if (!changed) return undefined;
      const json = JSON.stringify(states);
      return json === "{}" ? "" : json;
    },
  };
  return first;
};

/** How a connect event is answered: by `res`, by what the handler returns, or with a failure. */
export const connectAnswers = (req) => {
  const first = firstAnswer(req.context.states);
  const version = mqttVersion(req);
  const refuseWith = (response) => first.answer(() => responseOf(refuse(response, version)));
  const res = {
    setState: first.setState,
    success: (response) => first.answer(() => responseOf(acceptConnect(response, req, first.state()))),
    fail: (code, detail) => refuseWith({ code, detail }),
    failWith: refuseWith,
  };
  return {
    first,
    res,
    // What was meant to refuse must not accept.
    take: (value) =>
      (value.code !== undefined || value.mqtt?.code !== undefined ? refuseWith : res.success)(value),
    silence() {
      throw argumentError(
        "handleConnect neither answered nor returned anything, so that the client is refused: call res.success()",
        "MissingAnswer",
      );
    },
    fail: () => first.answer(() => responseOf(failed(version))),
  };
};

/** The version of an MQTT client; nothing for other clients. */
const mqttVersion = ({ context, mqtt }) => {
  if (context.clientProtocol !== "mqtt") return undefined;
  const version = mqtt?.protocolVersion;
  return Number.isInteger(version) && version >= 0 && version < 256 ? version : 255;
};

/** How a user event is answered. */
export const userEventAnswers = (req) => {
  const first = firstAnswer(req.context.states);
  const res = {
    setState: first.setState,
    success: (data, dataType = "binary") =>
      first.answer(() =>
        data === undefined || data === null
          ? responseOf(reply(undefined, first.state()))
          : responseOf(reply(dataType, first.state()), checked(data)),
      ),
    fail: (code, detail) => first.answer(() => responseOf(refuse({ code, detail }))),
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
    fail: () => first.answer(() => responseOf(failed())),
  };
};

const isBytes = (value) =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const invalidReply = () =>
  argumentError(
    'The reply cannot be sent: give res.success a string or bytes, or return { data, dataType } with "text", "json" or "binary"',
    "InvalidReply",
  );

const checked = (data) => {
  if (typeof data === "string" || isBytes(data)) return data;
  throw invalidReply();
};
