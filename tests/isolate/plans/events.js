// Events of the service: signed or forged, and what the handler does with them.
import { eventHeaders, signature } from "../../conformance/webhooks.js";
import { HUB } from "../plans.js";

const GONE = { gone: true };
const answered = (status, body) => ({ status, ...(body !== undefined && { body }) });

/** A plan for an event; `does` is what the handler does with it, `more` are other members of the plan. */
const event = async (id, { key, does = "answer", type = "user.message", hub = HUB, ...more }) => {
  const headers = eventHeaders(type, {
    "ce-hub": hub,
    "ce-connectionId": id,
    "ce-signature": await signature(key, id),
  });
  const told = type === "sys.connect" ? { query: { id: [id], does: [does] } } : { id, does };
  return { path: `/api/webpubsub/hubs/${hub}/`, headers, body: JSON.stringify(told), ...more };
};

/** The ends of what handlers do. */
const ENDS = {
  answer: (id) => answered(200, id),
  dawdle: (id) => answered(200, id),
  goOn: (id) => answered(200, id),
  send: () => answered(204),
  refuse: (id) => answered(403, id),
  fail: () => answered(500, "The event could not be handled."),
  accept: (id) => answered(200, `{"userId":"${id}"}`),
};

const SENDS = ["send", "goOn"];

/** All kinds, signed by a key. */
export const eventKinds = (key) => {
  const one = (weight, does, more) => ({
    weight,
    plan: (id) => event(id, { key, does, sends: SENDS.includes(does), ends: [ENDS[does](id)], ...more }),
  });
  return {
    "an event that is answered": one(6, "answer"),
    "an event whose handler sends": one(6, "send"),
    "an event whose handler goes on after its answer": one(6, "goOn"),
    "an event that is refused": one(4, "refuse"),
    "an event whose handler fails": one(4, "fail"),
    "an event that is forged": one(4, "answer", { key: `${key}x`, ends: [answered(401)] }),
    "an event of another hub": one(2, "answer", { hub: "other", ends: [answered(404)] }),
    "an event that is too large": one(2, "answer", { body: "x".repeat(20_000), ends: [answered(413)] }),
    "a client that may connect": one(4, "accept", { type: "sys.connect" }),
    "a client that may not connect": one(4, "refuse", { type: "sys.connect" }),
    "an event whose sender goes": {
      weight: 6,
      plan(id, { from, pick }) {
        const does = pick(["answer", "send", "dawdle"]);
        const ends = [ENDS[does](id), GONE];
        return event(id, { key, does, sends: SENDS.includes(does), ends, leaves: from(0, 60) });
      },
    },
    "an event whose sender goes in the middle of it": {
      weight: 4,
      plan: (id, { from }) => event(id, { key, ends: [GONE], isUnfinished: true, leaves: from(5, 60) }),
    },
  };
};
