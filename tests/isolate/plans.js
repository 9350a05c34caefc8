// Plans: what the Worker is asked for, what befalls that request on its way, and the ends that it may come to.
import { callKinds } from "./plans/calls.js";
import { eventKinds } from "./plans/events.js";

/** The hub of it all, and how many clients are in the group that is listed. */
export const HUB = "isolate";
export const CROWD = 3;

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export const randomOf = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Requests by which the core is stopped, while others are under way. */
const stopKinds = (names) => ({
  "a call that stops the core": {
    weight: 10,
    plan: (_, { pick }) => ({
      path: `/life/${encodeURIComponent(pick(names))}`,
      body: "",
      ends: [{ status: 200, body: "" }],
    }),
  },
});

/**
 * Makes plans, one after the other: of every kind once, then at random. `key` signs events, `ids` begins the ids of
 * plans, `stops` names the ways in which the Worker stops the core.
 */
export const planner = (random, { key, ids, stops = [] }) => {
  const kinds = { ...callKinds, ...eventKinds(key), ...(stops.length > 0 && stopKinds(stops)) };
  const deck = Object.entries(kinds).flatMap(([kind, { weight }]) => Array(weight).fill(kind));
  const dice = {
    pick: (values) => values[Math.trunc(random() * values.length)],
    from: (least, most) => least + Math.trunc(random() * (most - least)),
  };
  const once = Object.keys(kinds);
  let count = 0;
  return async () => {
    const kind = once.pop() ?? dice.pick(deck);
    const id = `${ids}${++count}`;
    return { id, kind, ...(await kinds[kind].plan(id, dice)) };
  };
};
