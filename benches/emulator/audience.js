// The clients of one side: processes with receivers, and one client that sends.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { message, nowUs } from "./message.js";
import { startWorker } from "./worker.js";

const PROGRAM = fileURLToPath(new URL("clients.js", import.meta.url));

/** Opens a sender and `clients` receivers of a hub, the receivers in `processes` processes. */
export const openAudience = async (server, hub, clients, processes) => {
  const workers = Array.from({ length: processes }, () => startWorker(PROGRAM));
  const count = clients / processes;
  const address = await server.receiver(hub);
  for (const { ask } of workers) await ask({ task: "connect", ...address, count });
  const { url, protocols } = await server.sender(hub);
  const sender = new WebSocket(url, protocols, { perMessageDeflate: false });
  await once(sender, "open");
  let number = 0;

  /** Sends `messages` messages, one every `everyMs` milliseconds, and waits until every receiver has them. */
  const broadcast = async ({ messages, bytes, everyMs }) => {
    await Promise.all(workers.map(({ ask }) => ask({ task: "expect", first: number, messages })));
    const started = nowUs();
    for (let sent = 0; sent < messages; sent++) {
      await sleep(Math.max(0, started / 1000 + sent * everyMs - nowUs() / 1000));
      sender.send(message(number++, bytes));
    }
    const parts = await Promise.all(workers.map(({ ask }) => ask({ task: "collect" })));
    return {
      latencies: parts.flatMap(({ latencies }) => Array.from(latencies)),
      lost: parts.reduce((sum, part) => sum + part.lost, 0),
      /** From the first send to the last receipt. */
      ms: (Math.max(...parts.map(({ lastUs }) => lastUs)) - started) / 1000,
    };
  };
  const stop = () => {
    sender.terminate();
    for (const worker of workers) worker.stop();
  };
  return { broadcast, stop };
};
