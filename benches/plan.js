// What is measured and which figures are aimed at: plain data, read by the host and inside every runtime. How a call
// is made is in workload/calls.js, how it is timed in interleave.js.

/** Sides that a case compares: this package, the official packages, or the runtime's own least work for the job. */
export const SIDES = { ours: "webpubsub-edge", official: "official", floor: "floor" };

/** The npm packages of the sides. */
export const PACKAGES = { ours: "webpubsub-edge", official: "@azure/web-pubsub" };

/** Single calls. The second side is the one that the first is compared with. */
export const CASES = {
  token: { title: "Client access token", sides: ["ours", "official"] },
  sendToAll: { title: "sendToAll, stubbed fetch", sides: ["ours", "official"] },
  event: { title: "Verified event", sides: ["ours", "floor"] },
  // The official handler verifies no signature; ours does here as well.
  express: { title: "Event, Express middleware", sides: ["ours", "official"], optional: true },
};

/** The body of the event among the single calls. */
export const BODY_BYTES = 64;

const BODY_SIZES = [1, 1024, 65_536, 1_048_576];

/** Calls whose cost may grow with something; the figures are per call. */
export const SERIES = {
  concurrent: {
    title: "sendToAll, concurrent calls",
    points: [1, 100, 10_000],
    sides: ["ours", "official"],
  },
  excluded: {
    title: "sendToAll, excluded connections",
    points: [1, 10, 100, 300],
    sides: ["ours", "official"],
  },
  body: { title: "sendToAll, bytes of text", points: BODY_SIZES, sides: ["ours", "official"] },
  eventBody: { title: "Verified event, bytes of body", points: BODY_SIZES, sides: ["ours", "floor"] },
};

/** The name of one point of a series, as a call. */
export const pointName = (series, point) => `${series}/${point}`;

/** How many calls one run of a point makes. */
export const callsPerRun = (series, point) => (series === "concurrent" ? point : 1);

/** From import to the first client access token, in a new process each. */
export const COLD = {
  bundled: { title: "Import to first token, bundled" },
  installed: { title: "Import to first token, as installed" },
};

const atMost = (limit) => ({ text: `at most ${limit}x`, isMet: (ratio) => ratio <= limit });
const timesAsFast = (limit) => ({ text: `at least ${limit}x as fast`, isMet: (ratio) => 1 / ratio >= limit });

/** Targets for the ratio of this package to the other side. Missing one is never an error: machines differ. */
export const TARGETS = [
  { part: "calls", name: "token", runtime: "workerd", ...timesAsFast(15) },
  { part: "calls", name: "token", runtime: "node-24", ...timesAsFast(8) },
  { part: "calls", name: "sendToAll", runtime: "workerd", ...atMost(0.2) },
  { part: "calls", name: "sendToAll", runtime: "node-24", ...atMost(0.1) },
  { part: "calls", name: "event", runtime: "node-24", ...atMost(1.5) },
  { part: "calls", name: "event", runtime: "workerd", ...atMost(2.5) },
  ...["node-20", "node-24", "workerd", "deno", "bun"].map((runtime) => ({
    ...{ part: "cold", name: "bundled", runtime },
    ...atMost(0.3),
  })),
  ...["node-20", "node-24", "deno", "bun"].map((runtime) => ({
    ...{ part: "cold", name: "installed", runtime },
    ...atMost(0.25),
  })),
];

/**
 * Memory is flat when the calls leave less behind than any object per call would take. The heap varies by some
 * 100 kB from reading to reading without any growth.
 */
export const MEMORY = { calls: 100_000, heapBytes: 400_000 };
