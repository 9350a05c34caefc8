// This package beside the official one, in one run: how long calls take in Node and in workerd, how long an import
// takes, how large a Worker becomes. Sides take turns, since machines have moods; read the ratios, and run it twice.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Bench } from "tinybench";
import { compatibilityDate } from "workerd";
import { bundle, inWorkerd } from "../tests/workerd.js";
import { root, run } from "../tests/programs.js";
import { cases } from "./cases.js";

const ROUNDS = 9;
/** How long a round takes, in milliseconds. */
const ROUND = 120;
const IMPORTS = 15;
/** Without the flag, the official package does not run. */
const WORKER = { date: compatibilityDate, flags: ["nodejs_compat"] };

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Measures the sides in turn, and gives the median of each. */
const inTurn = async (sides, measure, rounds = ROUNDS) => {
  const measured = Object.fromEntries(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) measured[side].push(await measure(side));
  }
  return Object.fromEntries(sides.map((side) => [side, median(measured[side])]));
};

const line = (first, others) =>
  console.log([first.padEnd(44), ...others.map((text) => text.padStart(12))].join(""));
const row = (what, unit, digits, { ours, official }) => {
  const shown = (value) => (value === undefined ? "" : `${value.toFixed(digits)} ${unit}`);
  const ratio = official === undefined ? "" : `${(official / ours).toFixed(1)} x`;
  line(what, [shown(ours), shown(official), ratio]);
};
const heading = (text) => {
  console.log();
  line(text, ["ours", "official", "ratio"]);
};

const inNode = async () => {
  for (const [name, sides] of Object.entries(cases)) {
    const measure = async (side) => {
      const bench = new Bench({ time: ROUND, warmupTime: ROUND / 4, throws: true });
      await bench.add(name, sides[side]).run();
      return bench.tasks[0].result.latency.p50 * 1000;
    };
    row(name, "us", 1, await inTurn(Object.keys(sides), measure));
  }
};

const inWorker = async (folder) => {
  const outdir = join(folder, "worker");
  const settings = { ...WORKER, folder, outdir };
  const files = await bundle(here("worker.js"), settings);
  await inWorkerd({ ...settings, files, bindings: {} }, async (url) => {
    const elapsed = async (name, side, times) => {
      const start = performance.now();
      const response = await fetch(url, { method: "POST", body: JSON.stringify({ name, side, times }) });
      if (!response.ok) throw new Error(`${name}, ${side}: ${await response.text()}`);
      return performance.now() - start;
    };
    for (const [name, sides] of Object.entries(cases)) {
      const times = {};
      for (const side of Object.keys(sides)) {
        times[side] = 100;
        while ((await elapsed(name, side, times[side])) < ROUND) times[side] *= 2;
      }
      const measure = async (side) => ((await elapsed(name, side, times[side])) / times[side]) * 1000;
      row(name, "us", 1, await inTurn(Object.keys(sides), measure));
    }
  });
};

const SIDES = { ours: "webpubsub-edge", official: "@azure/web-pubsub" };

const imports = async () => {
  const measure = async (side) => {
    const script = `const start = performance.now();
      await import("${SIDES[side]}");
      console.log(performance.now() - start);`;
    return Number(await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: root }));
  };
  row("import, in a new Node", "ms", 1, await inTurn(Object.keys(SIDES), measure, IMPORTS));
};

/** What wrangler would upload, minified or as it is by default. */
const sizes = async (folder) => {
  for (const how of ["", ", minified"]) {
    const size = {};
    for (const side of Object.keys(SIDES)) {
      const outdir = join(folder, side + how.length);
      const more = how ? ["--minify"] : [];
      const files = await bundle(here(`size/${side}.js`), { ...WORKER, folder, outdir, more });
      const weigh = async (file) => gzipSync(await readFile(join(outdir, file)), { level: 9 }).length;
      size[side] = (await Promise.all(files.map(weigh))).reduce((sum, one) => sum + one, 0) / 1000;
    }
    row(`Worker of a few lines${how}, gzip -9`, "kB", 1, size);
  }
};

const folder = await mkdtemp(join(tmpdir(), "webpubsub-edge-bench-"));
try {
  console.log("Medians of rounds in turn. The machine is noisy: ratios say more than times.");
  heading(`Node ${process.versions.node}`);
  await inNode();
  heading("workerd");
  await inWorker(folder);
  heading("what it weighs");
  await imports();
  await sizes(folder);
} finally {
  await rm(folder, { recursive: true });
}
