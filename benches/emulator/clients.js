// A process that holds clients. Its parent requests tasks:
//   connect   opens `count` clients
//   expect    announces `messages` messages to each client, numbered from `first` on
//   collect   waits for them; returns their latencies, and the number of those lost, doubled or out of order
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { nowUs, read } from "./message.js";
import { serveParent } from "./worker.js";

const AT_ONCE = 50;
/** How long messages may take before they count as lost. */
const PATIENCE_MS = 20_000;

let latencies = new Float64Array(0);
let received = 0;
let faults = 0;
/** The number that each client expects next. */
let next = new Uint32Array(0);
let lastUs = 0;

const receive = (client, frame) => {
  const message = read(frame);
  if (message === undefined) return;
  lastUs = nowUs();
  if (message.number !== next[client]) faults++;
  next[client] = message.number + 1;
  if (received < latencies.length) latencies[received] = lastUs - message.sentUs;
  received++;
};

const open = async (client, url, protocols) => {
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, skipUTF8Validation: true });
  socket.on("message", (frame) => receive(client, frame));
  await once(socket, "open");
  socket.on("close", (code, reason) => {
    faults++;
    console.error(`a client was closed: ${code} ${reason}`);
  });
};

const tasks = {
  async connect({ url, protocols, count }) {
    next = new Uint32Array(count);
    for (let first = 0; first < count; first += AT_ONCE) {
      const clients = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => first + index);
      await Promise.all(clients.map((client) => open(client, url, protocols)));
    }
  },
  expect({ first, messages }) {
    latencies = new Float64Array(next.length * messages);
    next.fill(first);
    received = 0;
    faults = 0;
  },
  async collect() {
    for (let waited = 0; received < latencies.length && waited < PATIENCE_MS; waited += 20) await sleep(20);
    const missing = latencies.length - Math.min(received, latencies.length);
    return { latencies: latencies.subarray(0, received), lost: missing + faults, lastUs };
  },
};

serveParent(({ task, ...request }) => tasks[task](request));
