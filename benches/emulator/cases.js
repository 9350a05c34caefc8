// The measurements. Each returns the values of every side; the sides take turns (../interleave.js).
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { takeTurns } from "../interleave.js";
import { step } from "../report/results.js";
import { openAudience } from "./audience.js";
import { CLIENT_PROCESSES, PAIR } from "./plan.js";
import { cpuMs, memoryBytes } from "./usage.js";
import { startWorker } from "./worker.js";

/** The value of `find(side)` for each side, one after the other. */
const each = async (find) => {
  const values = {};
  for (const side of PAIR) values[side] = await find(side);
  return values;
};

/** The memory of each server at rest, in KiB. */
const memory = (servers) =>
  each(async (side) => {
    await servers[side].settle();
    return memoryBytes(servers[side].pid) / 1024;
  });

/** The growth of the memory between two readings, per client. */
const growth = (before, after, clients) =>
  Object.fromEntries(PAIR.map((side) => [side, [Math.max(0, (after[side] - before[side]) / clients)]]));

/** One measure from the turns of each side. */
const part = (turns, find) =>
  Object.fromEntries(Object.entries(turns).map(([side, values]) => [side, values.map(find)]));

const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];

/** A broadcast of one side, with the CPU time that the server used for it. */
const broadcast = async (server, audience, plan) => {
  const before = cpuMs(server.pid);
  const result = await audience.broadcast(plan);
  return { ...result, cpuMs: cpuMs(server.pid) - before };
};

/** Small messages to many clients, large messages to few, and the memory of both. */
export const measureBroadcasts = async (servers, { clients, rounds, broadcast: small, large }) => {
  const open = (hub, count, processes) => each((side) => openAudience(servers[side], hub, count, processes));
  const messages = small.perSecond * small.seconds;
  const plan = { messages, bytes: small.bytes, everyMs: 1000 / small.perSecond };

  step(`${large.clients} clients connect to each side`);
  const few = await open("large", large.clients, 1);
  // Makes each server set up what it sets up only once, before its memory is read.
  await each((side) => few[side].broadcast({ ...plan, messages: 10, everyMs: 10 }));
  const empty = await memory(servers);
  step(`${clients} clients connect to each side`);
  const many = await open("small", clients, CLIENT_PROCESSES);
  const idle = await memory(servers);
  // The first messages meet cold caches and code that is not compiled yet.
  await each((side) => many[side].broadcast({ ...plan, messages: 3 }));
  step(`${messages} messages of ${small.bytes} bytes to each`);
  const turns = await takeTurns(PAIR, (side) => broadcast(servers[side], many[side], plan), rounds);
  const loaded = await memory(servers);
  step(`${large.messages} messages of ${large.bytes} bytes to ${large.clients}`);
  const largePlan = { messages: 1, bytes: large.bytes, everyMs: 0 };
  const largeTurns = await takeTurns(
    PAIR,
    (side) => broadcast(servers[side], few[side], largePlan),
    large.messages,
  );
  const afterLarge = await memory(servers);
  for (const audience of [...Object.values(few), ...Object.values(many)]) audience.stop();
  const all = Object.fromEntries(PAIR.map((side) => [side, [...turns[side], ...largeTurns[side]]]));
  return {
    latency: part(turns, ({ latencies }) => percentile(latencies, 0.99) / 1000),
    cpu: part(turns, ({ cpuMs }) => (cpuMs * 1000) / (messages * clients)),
    lost: part(all, ({ lost }) => lost),
    memory: growth(empty, idle, clients),
    memoryAfter: growth(empty, loaded, clients),
    largeTime: part(largeTurns, ({ ms }) => ms),
    largeCpu: part(largeTurns, ({ cpuMs }) => cpuMs),
    largeMemory: growth(loaded, afterLarge, large.clients),
  };
};

/** The time from a request of a client to its acknowledgement, which comes after the message to the client itself. */
export const measureAcks = async ({ emulator }, { acks }) => {
  step("acks");
  const { url, protocols } = await emulator.receiver("acks");
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false });
  const frames = [];
  let wake = () => {};
  socket.on("message", (data) => {
    frames.push(JSON.parse(data.toString()));
    wake();
  });
  const next = async () => {
    while (frames.length === 0) await new Promise((resolve) => (wake = resolve));
    return frames.shift();
  };
  await once(socket, "open");
  await next();
  const times = [];
  for (let ackId = 1; ackId <= acks; ackId++) {
    const start = performance.now();
    socket.send(JSON.stringify(emulator.request(ackId)));
    const types = [(await next()).type, (await next()).type];
    times.push(performance.now() - start);
    if (types.join() !== "message,ack") throw new Error(`expected a message and its ack, received ${types}`);
    await sleep(5);
  }
  socket.terminate();
  return { ack: { emulator: times } };
};

/** REST sends to a hub without clients, compared with requests to the bare HTTP server. */
export const measureRest = async (servers, { rounds, rest }) => {
  step("REST sends");
  const { ask, stop } = startWorker(fileURLToPath(new URL("requests.js", import.meta.url)));
  const run = async (side) => {
    const { port, send } = servers[side];
    return ask({ port, ...(await send("rest")), ...rest });
  };
  const sides = ["emulator", "http"];
  for (const side of sides) await run(side);
  const turns = await takeTurns(sides, run, rounds);
  stop();
  return { rest: turns };
};
