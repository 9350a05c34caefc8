// What must hold after the storms: checks as the suite in `tests/conformance` has them, `{ name, run }`.
import { setTimeout as sleep } from "node:timers/promises";
import { equal, matches, ok } from "../conformance/assert.js";

/** Waits for what must come, but not for ever. */
const soon = async (isSo) => {
  for (let tries = 0; !isSo() && tries < 200; tries++) await sleep(50);
};

/** For each kind of plan, that all requests came to ends that their plans call for. */
export const outcomeChecks = (results) => {
  const kinds = new Map();
  for (const result of results) {
    const { kind } = result.plan;
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind).push(result);
  }
  return [...kinds].map(([kind, all]) => ({
    name: `${kind}, ${all.length} times`,
    run() {
      const wrong = all.filter(({ asPlanned }) => !asPlanned);
      const shown = wrong.slice(0, 3).map(({ plan, end }) => `\n${JSON.stringify({ ...plan, end })}`);
      ok(wrong.length === 0, `${wrong.length} of ${all.length} came to other ends: ${shown.join("")}`);
    },
  }));
};

const isSent = ({ plan, end }) => plan.sends && (end.value === null || end.status < 300);

/** What became of requests on the other side; `waiting` are those that it has not answered. */
export const arrivals = (results, heard, waiting) => [
  {
    name: "every message that was sent arrives",
    async run() {
      const sent = results.filter(isSent).map(({ plan }) => plan.id);
      ok(sent.length > 0, "messages were sent");
      await soon(() => sent.every((id) => heard.has(id)));
      const missing = sent.filter((id) => !heard.has(id));
      equal(missing, []);
    },
  },
  {
    name: "no message arrives twice",
    run() {
      const repeated = [...heard].filter(([, times]) => times > 1);
      equal(repeated, []);
    },
  },
  {
    name: "no request to the service outlives the call that made it",
    async run() {
      await soon(() => waiting.size === 0);
      const left = [...waiting].map(({ method, url, headers }) => [method, url, headers["x-fault"]]);
      equal(left, []);
    },
  },
];

/** That the core needs no more memory after a storm than before it. */
export const memoryChecks = (before, after) => [
  { name: "the core's memory does not grow", run: () => equal(after.bytes, before.bytes) },
  { name: "no call makes another instance", run: () => equal(after.instances, before.instances) },
];

/** The Worker's own checks. */
export const lifeChecks = (url, names) =>
  names.map((name) => ({
    name,
    async run() {
      const response = await fetch(`${url}/life/${encodeURIComponent(name)}`, { method: "POST" });
      equal([response.status, await response.text()], [200, ""]);
    },
  }));

/** What workerd may not say: it would be the sign of a request that waits for another's, or that was given up. */
const NEVER = [
  "different request",
  "had hung",
  "never generate a response",
  "waitUntil",
  "console warning",
  "console error",
  "nhandled",
  "jsg.",
];

export const logChecks = (log) => [
  { name: "workerd says what it sees", run: async () => matches(await log(), "A guest comes.") },
  ...NEVER.map((words) => ({
    name: `workerd says nothing with "${words}"`,
    async run() {
      const lines = (await log()).split("\n").filter((line) => line.includes(words));
      equal(lines, []);
    },
  })),
];
