// `cargo xtask bench`: this package beside the official ones, in one run. Prints a table and writes bench.json,
// bench.svg and growth.svg. See README.md beside this file.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../tests/programs.js";
import { measureColdWorker } from "./cold-worker.js";
import { measureCold } from "./cold.js";
import { MEMORY } from "./plan.js";
import { bars } from "./report/bars.js";
import { curves } from "./report/curves.js";
import { machine, resultsText, step } from "./report/results.js";
import { table } from "./report/table.js";
import { RUNTIMES, versionOf, withAgent } from "./runtimes.js";
import { judge } from "./targets.js";
import { measureMemory, timeCalls, timeGrowth } from "./timing.js";

const FULL = {
  runtimes: Object.keys(RUNTIMES),
  calls: { rounds: 11, roundMs: 50, warmUpMs: 400 },
  growth: { rounds: 7, roundMs: 40, warmUpMs: 200 },
  coldRounds: 11,
  coldWorkerRounds: 25,
  memoryCalls: MEMORY.calls,
  outdir: join(root, "benches/results"),
};
const QUICK = {
  runtimes: ["node-24", "workerd"],
  calls: { rounds: 5, roundMs: 30, warmUpMs: 250 },
  growth: { rounds: 3, roundMs: 20, warmUpMs: 150 },
  coldRounds: 7,
  coldWorkerRounds: 15,
  memoryCalls: MEMORY.calls / 10,
  outdir: join(root, "target/xtask/bench"),
};
/** Where the growth of cost is measured: the runtimes that most servers and most Workers have. */
const GROWTH = ["node-24", "workerd"];

const packageVersions = async () => {
  const names = ["webpubsub-edge", "@azure/web-pubsub", "@azure/web-pubsub-express"];
  const versions = names.map(async (name) => {
    const { version } = JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8"));
    return [name, version];
  });
  return Object.fromEntries(await Promise.all(versions));
};

/** Everything that is measured inside one runtime. */
const measureIn = async (name, folder, plan, results) => {
  const runtime = RUNTIMES[name];
  results.runtimes[name] = { title: runtime.title, version: await versionOf(runtime) };
  await withAgent(runtime, folder, async (agent) => {
    step(`${runtime.title}: calls`);
    results.calls[name] = await timeCalls(agent, plan.calls);
    if (GROWTH.includes(name)) {
      step(`${runtime.title}: growth`);
      results.growth[name] = await timeGrowth(agent, plan.growth);
    }
    step(`${runtime.title}: memory`);
    results.memory[name] = await measureMemory(agent, plan.memoryCalls);
  });
};

const coldStart = (name, folder, { coldRounds, coldWorkerRounds }) =>
  name === "workerd"
    ? measureColdWorker(folder, coldWorkerRounds)
    : measureCold(RUNTIMES[name], folder, coldRounds);

const measure = async (folder, plan) => {
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    packages: await packageVersions(),
    units: { calls: "µs", growth: "µs per call", cold: "ms", memory: "bytes" },
    runtimes: {},
    calls: {},
    cold: {},
    growth: {},
    memory: {},
  };
  for (const name of plan.runtimes) await measureIn(name, folder, plan, results);
  for (const name of plan.runtimes) {
    step(`${RUNTIMES[name].title}: cold start`);
    results.cold[name] = await coldStart(name, folder, plan);
  }
  results.targets = judge(results);
  return results;
};

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const plan = values.quick ? QUICK : FULL;
const folder = await mkdtemp(join(tmpdir(), "webpubsub-edge-bench-"));
try {
  const results = await measure(folder, plan);
  console.log(table(results));
  await mkdir(plan.outdir, { recursive: true });
  await writeFile(join(plan.outdir, "bench.json"), resultsText(results));
  await writeFile(join(plan.outdir, "bench.svg"), bars(results));
  await writeFile(join(plan.outdir, "growth.svg"), curves(results));
  console.log(`\nWritten to ${plan.outdir}`);
} finally {
  await rm(folder, { recursive: true });
}
