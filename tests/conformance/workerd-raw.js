// The suite in workerd by its own configuration, bundled by esbuild: no program of Cloudflare but workerd itself.
// `--date` and `--flag` are those of compatibility.js.
import { join } from "node:path";
import { readdir } from "node:fs/promises";
import { inWorkerd } from "../workerd.js";
import { bundle } from "./bundle.js";
import { OPTIONS, WORKERD, dateOf } from "./compatibility.js";
import { prepare, runInWorker, sayVersionOf, servedAt } from "./runner.js";

const { suite, outdir, connectionString, date, flag } = await prepare(OPTIONS);
await sayVersionOf(WORKERD);
await bundle(join(suite, "worker.js"), join(outdir, "worker.js"), {
  conditions: ["workerd"],
  loader: { ".wasm": "copy" },
});
// The entry goes first.
const files = (await readdir(outdir)).sort((a, b) => a.endsWith(".wasm") - b.endsWith(".wasm"));
const settings = { outdir, files, date: await dateOf(date), flags: flag, bindings: { connectionString } };
await inWorkerd({ ...settings, workerd: WORKERD }, (url) => runInWorker(servedAt(url)));
