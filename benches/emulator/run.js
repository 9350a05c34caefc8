// `cargo xtask bench --only emulator`: the emulator under load, beside bare servers, in one run. Prints a table and writes
// emulator.json. `--emulator PROGRAM` names the emulator. See ../README.md.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../tests/programs.js";
import { machine, resultsText } from "../report/results.js";
import { measureAcks, measureBroadcasts, measureRest } from "./cases.js";
import { FULL, MEASURES, QUICK } from "./plan.js";
import { judge, summaries, table } from "./report.js";
import { startEmulator, startHttp, startWs } from "./servers.js";
import { openFilesLimit } from "./usage.js";

/** Open files of a process that are not sockets of clients. */
const OTHER_FILES = 200;

/** Throws when this machine cannot run the load. */
const prepare = ({ clients, large }) => {
  if (process.platform !== "linux")
    throw new Error("The load needs Linux, which counts memory and CPU in /proc.");
  const needed = clients + large.clients + OTHER_FILES;
  const limit = openFilesLimit();
  if (limit < needed) {
    throw new Error(
      `The load needs ${needed} open files; the limit is ${limit}. Raise it: ulimit -n ${needed}`,
    );
  }
};

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

const { values } = parseArgs({
  options: { emulator: { type: "string" }, quick: { type: "boolean", default: false } },
});
const plan = values.quick ? QUICK : FULL;
prepare(plan);
const folder = await mkdtemp(join(tmpdir(), "webpubsub-edge-load-"));
try {
  const load = loadavg()[0];
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.version,
    /** The load average before the run: from 1 on, the latencies mean little. */
    loadBefore: load,
    plan,
    units: Object.fromEntries(Object.entries(MEASURES).map(([name, { unit }]) => [name, unit])),
    ...(await measure(folder, values.emulator, plan)),
  };
  console.log(table(results));
  if (load >= 1) console.log("\nOther programs were running: close them, and run it again.");
  const outdir = values.quick ? join(root, "target/xtask/bench") : join(root, "benches/results");
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, "emulator.json"), resultsText(results));
  console.log(`\nWritten to ${outdir}`);
} finally {
  await rm(folder, { recursive: true });
}
