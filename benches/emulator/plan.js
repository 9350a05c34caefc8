// The load of the emulator, the measures and their targets: plain data. How they are measured is in cases.js.

/** What the emulator is compared with: a bare `ws` server that broadcasts, and a bare Node HTTP server. */
export const OTHERS = { ws: "ws", http: "Node http" };

/** The sides of most measures. */
export const PAIR = ["emulator", "ws"];

export const FULL = {
  clients: 5000,
  /** How many times each side is measured. */
  rounds: 5,
  broadcast: { bytes: 2048, perSecond: 3, seconds: 5 },
  large: { clients: 100, bytes: 1_048_576, messages: 8 },
  acks: 300,
  rest: { connections: 16, seconds: 3, bytes: 100 },
};

export const QUICK = {
  ...FULL,
  clients: 500,
  rounds: 3,
  broadcast: { ...FULL.broadcast, seconds: 2 },
  large: { ...FULL.large, messages: 3 },
  acks: 100,
  rest: { ...FULL.rest, seconds: 1 },
};

/** Processes that hold the clients of one side. */
export const CLIENT_PROCESSES = 2;

/**
 * The measures and their sides. Of two sides, the ratio of the emulator to the other is reported too, except with
 * `noRatio`, where it would be meaningless. With `isSum`, the values of all rounds are added up.
 */
export const MEASURES = {
  lost: { title: "Messages lost, doubled or out of order", unit: "", sides: PAIR, isSum: true },
  latency: { title: "Delivery, 99th percentile", unit: "ms", sides: PAIR },
  cpu: { title: "CPU of the server per delivery", unit: "µs", sides: PAIR },
  memory: { title: "Memory per connection, idle", unit: "KiB", sides: PAIR },
  // When Node returns freed heap to the system is up to its garbage collector.
  memoryAfter: {
    title: "Memory per connection, after the load",
    unit: "KiB",
    sides: PAIR,
    noRatio: true,
  },
  largeTime: { title: "1 MiB to 100 clients, until the last has it", unit: "ms", sides: PAIR },
  largeCpu: { title: "1 MiB to 100 clients, CPU of the server", unit: "ms", sides: PAIR },
  largeMemory: {
    title: "1 MiB to 100 clients, memory kept per client",
    unit: "KiB",
    sides: PAIR,
    noRatio: true,
  },
  ack: { title: "Ack after a message", unit: "ms", sides: ["emulator"] },
  rest: { title: "REST sends per second", unit: "/s", sides: ["emulator", "http"] },
};

/** Targets for a median, or for the median of the ratios. A missed target is not an error: machines differ. */
export const TARGETS = [
  { measure: "lost", atMost: 0 },
  { measure: "latency", atMost: 1000 },
  { measure: "latency", ratio: true, atMost: 1.5 },
  { measure: "cpu", ratio: true, atMost: 1.2 },
  { measure: "memory", atMost: 12 },
  { measure: "ack", atMost: 2 },
  { measure: "largeTime", ratio: true, atMost: 1.5 },
  { measure: "largeCpu", ratio: true, atMost: 1.5 },
  { measure: "rest", ratio: true, atLeast: 0.6 },
];
