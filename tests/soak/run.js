// Mixed load through a Worker in workerd, with faults on its way to the local service and every message accounted for:
// `node run.js --package DIR --emulator PROGRAM [--minutes N]`. Prints a line every ten seconds and a summary; exits with
// 1 when a message was lost, duplicated or misdirected, a call contradicts what is known, or memory grows: the resident
// memory after a garbage collection, in the last third of the run against the first.
import { cp, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endpointIn } from "../conformance/jwt.js";
import { randomOf } from "../isolate/plans.js";
import { connectionStringIn, end, serving } from "../programs.js";
import { bundle, inWorkerd } from "../workerd.js";
import { Ledger } from "./ledger.js";
import { guestStory, isGuest } from "./load/guests.js";
import { gather, standingSends } from "./load/standing.js";
import { WorkerUnderLoad } from "./load/worker.js";
import { Memory, hasMemory, megabytes } from "./memory.js";
import { startProxy } from "./proxy.js";

/** The oldest date that the package is for, without Node's names. */
const COMPATIBILITY_DATE = "2024-09-23";
const ENTRA_TOKEN = "an-opaque-token-of-the-soak";
/** The timeout of the Worker's calls, and a time that none of them lasts. */
const TIMEOUT = 3_000;
const PATIENCE = 4_000;

const SENDERS = 8;
const GUESTS = 3;
/** The shortest run whose memory is compared, and the part of it that is a warm-up. */
const COMPARED_FROM = 60_000;
const WARM_UP = 0.2;

const text = { type: "string" };
const { values } = parseArgs({
  options: { package: text, emulator: text, minutes: { type: "string", default: String(1 / 6) } },
});
const { package: folder, emulator } = values;
const duration = Number(values.minutes) * 60_000;
if (!folder || !emulator || !(duration > 0)) {
  throw new Error("Give --package DIR, --emulator PROGRAM and --minutes N");
}
const seed = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
console.log(`SEED=${seed}`);

/** Everything that runs together, from the start of the load to the verdict; returns whether all is well. */
const soak = async (url, connectionString) => {
  const random = randomOf(seed);
  const proxy = await startProxy(endpointIn(connectionString), random, PATIENCE);
  const ledger = new Ledger(proxy.accepted);
  const worker = new WorkerUnderLoad(url, ledger);
  const wrong = [];
  let clients = [];
  try {
    const settings = { connectionString, proxy: proxy.url, entraToken: ENTRA_TOKEN, timeoutInMs: TIMEOUT };
    await fetch(`${url}/-/settings`, { method: "POST", body: JSON.stringify(settings) });
    clients = await gather(worker, ledger);
    const names = hasMemory ? ["workerd", "webpubsub-emulator"] : [];
    const processes = await Promise.all(names.map((name) => Memory.of(name)));
    proxy.isFaulty = true;

    const started = Date.now();
    const elapsed = () => Date.now() - started;
    const isOver = () => elapsed() >= duration || wrong.length > 0 || ledger.violations.length > 0;
    const repeat = async (work) => {
      while (!isOver()) {
        await work().catch((error) => wrong.push(error.stack ?? String(error)));
        await sleep(random() * 20);
      }
    };
    const send = standingSends({ worker, ledger, clients, random, isGuest });
    const story = () => guestStory({ worker, ledger, random, wrong: (words) => wrong.push(words) });
    let guests = 0;
    const watch = async () => {
      let isWarm = false;
      const sample = async () => {
        await fetch(`${url}/-/collect`);
        await Promise.all(processes.map((process) => process.sample()));
      };
      for (let lines = 1; !isOver();) {
        await sample();
        ledger.judge();
        if (!isWarm && elapsed() > duration * WARM_UP) {
          isWarm = true;
          for (const process of processes) process.restart();
        } else if (elapsed() >= lines * 10_000) {
          lines += 1;
          say(elapsed(), { worker, ledger, processes, guests });
        }
        await sleep(Math.min(2_000, Math.max(10, duration - elapsed())));
      }
      await sample();
    };
    await Promise.all([
      watch(),
      ...Array.from({ length: SENDERS }, () => repeat(send)),
      ...Array.from({ length: GUESTS }, () => repeat(() => story().then(() => (guests += 1)))),
    ]);
    const lasted = elapsed();

    // Nothing is under way any more when all requests have ended, and the last messages have had time to arrive.
    for (let tries = 0; (proxy.pending > 0 || !ledger.isSettled) && tries < 100; tries++) await sleep(100);
    await sleep(500);
    ledger.judge(true);
    if (proxy.broken) wrong.push("the service did not respond");
    for (const { name, isClosed } of clients) if (isClosed) wrong.push(`${name} was disconnected`);
    say(lasted, { worker, ledger, processes, guests });
    summarise({ worker, proxy, processes, isCompared: lasted >= COMPARED_FROM, wrong });
    wrong.push(...ledger.violations);
  } finally {
    for (const client of clients) client.leave();
    proxy.stop();
  }
  for (const words of wrong.slice(0, 20)) console.log(`WRONG  ${words}`);
  console.log(`${wrong.length} wrong`);
  return wrong.length === 0;
};

const say = (time, { worker, ledger, processes, guests }) => {
  const { accepted, rejected, unknown, deliveries } = ledger.counts;
  const memory = processes.map(({ name, last }) => `${name} ${megabytes(last)}`).join(", ");
  console.log(
    `${Math.round(time / 1_000)} s: ${worker.calls} calls, ${guests} guests, ` +
      `${accepted + rejected + unknown} sends (${accepted} accepted, ${rejected} rejected, ${unknown} unknown), ` +
      `${deliveries} deliveries; ${memory}`,
  );
};

const listed = (entries) => entries.map(([name, count]) => `${name} ${count}`).join(", ");

const summarise = ({ worker, proxy, processes, isCompared, wrong }) => {
  console.log(`requests by fault: ${listed(Object.entries(proxy.met))}`);
  console.log(`failed calls: ${listed([...worker.failures])}`);
  if (!isCompared) return;
  for (const { name, growth } of processes) {
    const { first, last, grows } = growth;
    const figures = `${megabytes(first)} in the first third, ${megabytes(last)} in the last`;
    console.log(`memory of ${name}: ${figures}`);
    if (grows) wrong.push(`${name} grows: ${figures}`);
  }
};

// Below the package's folder, so that the Worker finds the package by its name.
const suite = await mkdtemp(join(folder, "soak-"));
for (const [file, name] of [
  ["worker.js", "worker.js"],
  ["../conformance/jwt.js", "jwt.js"],
]) {
  await cp(fileURLToPath(new URL(file, import.meta.url)), join(suite, name));
}
const outdir = join(suite, "built");
const date = COMPATIBILITY_DATE;
const files = await bundle(join(suite, "worker.js"), { folder, outdir, date });
let passed = false;
await inWorkerd({ outdir, files, date, flags: [], bindings: {} }, async (url) => {
  const handler = `soak=${url}/api/webpubsub/hubs/{hub}/`;
  const options = ["--port", "0", "--log", "warn", "--entra-token", ENTRA_TOKEN, "--event-handler", handler];
  await serving(emulator, options, {}, connectionStringIn, async (connectionString) => {
    passed = await soak(url, connectionString);
  });
});
end(passed);
