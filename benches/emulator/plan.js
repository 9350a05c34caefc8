// What the load of the emulator is and which figures are aimed at: plain data. How it is made is in cases.js.

/** The emulator and what it is compared with: a bare `ws` server that broadcasts, and a bare Node HTTP server. */
export const SIDES = { emulator: "emulator", ws: "ws", http: "Node http" };

export const FULL = {
  clients: 5000,
  /** Turns of each side. */
  rounds: 5,
  broadcast: { bytes: 2048, perSecond: 3, seconds: 5 },
  large: { clients: 100, bytes: 1_048_576, messages: 8 },
  acks: 300,
  rest: { connections: 16, seconds: 3, bytes: 100 },
};

export const QUICK = {
  clients: 500,
  rounds: 3,
  broadcast: { bytes: 2048, perSecond: 3, seconds: 2 },
  large: { clients: 100, bytes: 1_048_576, messages: 3 },
  acks: 100,
  rest: { connections: 16, seconds: 1, bytes: 100 },
};

/** Processes that hold the clients of one side. */
export const CLIENT_PROCESSES = 2;

/**
 * What is measured, of which sides. Two sides have a ratio, that of the emulator to the other, unless `noRatio` says
 * that it would mean nothing; losses are counted over all rounds.
 */
export const MEASURES = {
  lost: { title: "Messages lost, doubled or out of order", unit: "", sides: ["emulator", "ws"], isSum: true },
  latency: { title: "Delivery, 99th percentile", unit: "ms", sides: ["emulator", "ws"] },
  cpu: { title: "CPU of the server per delivery", unit: "µs", sides: ["emulator", "ws"] },
  memory: { title: "Memory per connection, idle", unit: "KiB", sides: ["emulator", "ws"] },
  // Node's heap shrinks as it pleases.
  memoryAfter: {
    title: "Memory per connection, after the load",
    unit: "KiB",
    sides: ["emulator", "ws"],
    noRatio: true,
  },
  largeTime: { title: "1 MiB to 100 clients, until the last has it", unit: "ms", sides: ["emulator", "ws"] },
  largeCpu: { title: "1 MiB to 100 clients, CPU of the server", unit: "ms", sides: ["emulator", "ws"] },
  largeMemory: {
    title: "1 MiB to 100 clients, memory kept per client",
    unit: "KiB",
    sides: ["emulator", "ws"],
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
