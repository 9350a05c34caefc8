// Calls of a client: by which client, of which operation, through which fault, with which timeout and signal.
import { CROWD } from "../plans.js";

const SENDS = ["sendToAll", "sendToUser", "sendToGroup", "sendStream"];
const LISTS = ["listConnections"];
// Its answers have no bodies, so that none ends in the middle.
const HEADS = ["userExists"];
const BODIES = [...SENDS, ...LISTS];
const ALL = [...BODIES, ...HEADS];
const TOKENS = ["getClientAccessToken"];

/** What an operation gives when it works. */
const success = (operation, id) => {
  if (HEADS.includes(operation)) return { value: true };
  if (LISTS.includes(operation)) return { value: CROWD };
  return { value: TOKENS.includes(operation) ? id : null };
};

const failure = (members) => ({ name: "RestError", ...members });
const TIMED_OUT = failure({ code: "REQUEST_TIMEOUT" });
const GONE = { gone: true };

/** What calls tell of the reasons that their signals give. */
const REASONS = {
  text: (id) => id,
  object: (id) => id,
  error: (id) => id,
  either: (id) => id,
  number: () => 17,
  null: () => null,
  nothing: () => "AbortError",
  time: () => "TimeoutError",
};
const AT_ONCE = ["text", "object", "error", "number", "null", "nothing"];

const aborted = ({ reason }, id) => ({ name: "AbortError", code: "ABORT_ERR", cause: REASONS[reason](id) });

/**
 * A kind of call. `choose(dice, id)` gives the operations and the faults to choose from, and the rest of the call;
 * `ends(works, call)` gives the ends that it may come to, `works` being the one without any mishap.
 */
const kind = (weight, choose, ends) => ({
  weight,
  plan(id, dice) {
    const {
      operations,
      faults = ["none"],
      clients = ["service", "byToken"],
      leaves,
      ...more
    } = choose(dice, id);
    const operation = dice.pick(operations);
    const call = { id, client: dice.pick(clients), operation, fault: dice.pick(faults), ...more };
    return {
      path: "/call",
      body: JSON.stringify(call),
      leaves,
      ends: ends(success(operation, id), call),
      sends: SENDS.includes(operation),
    };
  },
});

export const callKinds = {
  "a call that works": kind(
    8,
    () => ({ operations: ALL }),
    (works) => [works],
  ),
  "a call that waits": kind(
    6,
    () => ({ operations: ALL, faults: ["slow"] }),
    (works) => [works],
  ),
  "a call that is repeated": kind(
    6,
    () => ({ operations: ALL, faults: ["busy"] }),
    (works) => [works],
  ),
  "a call that is refused": kind(
    6,
    () => ({ operations: ALL, faults: ["refusal"] }),
    (_, { id }) => [failure({ code: `Refused${id}`, statusCode: 400 })],
  ),
  "a call that is answered with rubbish": kind(
    5,
    () => ({ operations: ALL, faults: ["rubbish"] }),
    () => [failure({ statusCode: 500 })],
  ),
  "a listing that is answered with rubbish": kind(
    3,
    () => ({ operations: LISTS, faults: ["nonsense"] }),
    () => [failure({ code: "PARSE_ERROR" })],
  ),
  "a call whose connection breaks": kind(
    6,
    () => ({ operations: BODIES, faults: ["reset", "lost", "half"] }),
    // The status of a send counts although its body broke off: 200 is not the one of a send.
    (_, { operation, fault }) => [
      failure(
        fault === "half" && SENDS.includes(operation) ? { statusCode: 200 } : { code: "REQUEST_SEND_ERROR" },
      ),
    ],
  ),
  "a call that takes too long": kind(
    8,
    ({ from }) => ({ operations: BODIES, faults: ["silent", "trickle"], timeout: from(5, 100) }),
    () => [TIMED_OUT],
  ),
  "a call that may take too long": kind(
    6,
    ({ from }) => ({ operations: ALL, faults: ["slow"], timeout: from(1, 60) }),
    (works) => [works, TIMED_OUT],
  ),
  "a message without an end": kind(
    4,
    ({ from }) => ({ operations: ["sendEndlessStream"], timeout: from(5, 60) }),
    () => [TIMED_OUT],
  ),
  "a call that is aborted": kind(
    10,
    ({ from, pick }) => ({
      operations: BODIES,
      faults: ["silent", "trickle"],
      signal: { reason: pick(Object.keys(REASONS)), after: from(0, 100) },
    }),
    (_, { id, signal }) => [aborted(signal, id)],
  ),
  "a call that is aborted before it begins": kind(
    4,
    ({ pick }) => ({ operations: ALL, signal: { reason: pick(AT_ONCE) } }),
    (_, { id, signal }) => [aborted(signal, id)],
  ),
  "a call that may be aborted": kind(
    8,
    ({ from, pick }) => ({
      operations: ALL,
      faults: ["none", "slow", "busy"],
      signal: { reason: pick(Object.keys(REASONS)), after: from(0, 60) },
    }),
    (works, { id, signal }) => [works, aborted(signal, id)],
  ),
  "a call whose client goes": kind(
    10,
    ({ from, pick }) => ({
      operations: BODIES,
      faults: ["none", "slow", "busy", "silent", "trickle"],
      signal: pick([undefined, { reason: "request" }]),
      leaves: from(0, 80),
    }),
    (works) => [works, GONE],
  ),
  "a token that is signed": kind(
    4,
    () => ({ operations: TOKENS, clients: ["service"] }),
    (works) => [works],
  ),
  "a token that the service issues": kind(
    4,
    () => ({ operations: TOKENS, clients: ["byToken"], faults: ["none", "slow", "busy"] }),
    (works) => [works],
  ),
};
