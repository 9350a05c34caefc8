// `cargo xtask bench --only emulator`: the emulator under load, beside bare servers, in one run. Prints a table and
// writes emulator.json. `--emulator PROGRAM` names the emulator. Needs Linux, which counts memory and CPU in /proc.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../tests/programs.js";
import { measureAcks, measureBroadcasts, measureRest } from "./cases.js";
import { FULL, MEASURES, QUICK } from "./plan.js";
import { judge, summaries, table } from "./report.js";
import { startEmulator, startHttp, startWs } from "./servers.js";

if (process.platform !== "linux") throw new Error("The load of the emulator can be measured on Linux only.");

const measure = async (folder, emulator, plan) => {
  const servers = {};
  try {
    servers.emulator = await startEmulator(folder, emulator);
    servers.ws = await startWs(folder);
    servers.http = await startHttp(folder);
    const values = {
      ...(await measureBroadcasts(servers, plan)),
      ...(await measureAcks(servers, plan)),
      ...(await measureRest(servers, plan)),
    };
    const measures = summaries(values);
    return { measures, targets: judge(measures) };
  } finally {
    for (const { stop } of Object.values(servers)) await stop();
  }
};

/** Numbers with four significant digits: more would only be noise in a diff. */
const rounded = (_key, value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

const { values } = parseArgs({
  options: { emulator: { type: "string" }, quick: { type: "boolean", default: false } },
});
const plan = values.quick ? QUICK : FULL;
const folder = await mkdtemp(join(tmpdir(), "webpubsub-edge-load-"));
try {
  const load = loadavg()[0];
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0].model.trim()}, ${availableParallelism()} cores`,
    node: process.version,
    /** Processes that wanted the CPU before the run: with more than none, figures are only good for their ratios. */
    loadBefore: load,
    plan,
    units: Object.fromEntries(Object.entries(MEASURES).map(([name, { unit }]) => [name, unit])),
    ...(await measure(folder, values.emulator, plan)),
  };
  console.log(table(results));
  const outdir = values.quick ? join(root, "target/xtask/bench") : join(root, "benches/results");
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, "emulator.json"), `${JSON.stringify(results, rounded, 2)}\n`);
  console.log(`\nWritten to ${outdir}`);
} finally {
  await rm(folder, { recursive: true });
}
