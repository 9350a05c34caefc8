// The suite in edge-runtime, which plays Vercel Edge. As there, the bundler makes a global of each module of
// WebAssembly, and the host compiles it: edge-runtime alone imports nothing.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { tool } from "../programs.js";
import { bundle } from "./bundle.js";
import { prepare, runInWorker, sayVersion } from "./runner.js";

const LACKS = { "AbortSignal.any": "edge-runtime has no AbortSignal.any" };

const require = createRequire(import.meta.url);
const { EdgeRuntime } = require(tool("edge-runtime"));
const { version } = require(tool("edge-runtime/package.json"));

const { suite, outdir, connectionString } = await prepare();
sayVersion(version);
const modules = [];
const wasm = {
  name: "wasm",
  setup(build) {
    build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer }) => ({
      path: join(dirname(importer), path.replace("?module", "")),
      namespace: "wasm",
    }));
    build.onLoad({ filter: /./, namespace: "wasm" }, ({ path }) => ({
      contents: `export default wasm_${modules.push(path) - 1};`,
    }));
  },
};
const bundled = join(outdir, "worker.js");
await bundle(join(suite, "worker.js"), bundled, {
  conditions: ["edge-light"],
  format: "iife",
  banner: { js: '"use strict";' },
  globalName: "worker",
  plugins: [wasm],
});
const compiled = await Promise.all(
  modules.map(async (path, number) => [`wasm_${number}`, await WebAssembly.compile(await readFile(path))]),
);
const runtime = new EdgeRuntime({
  // The clients' WebSocket is the test's affair: the package opens none.
  extend: (context) =>
    Object.assign(context, { WebSocket, connectionString, ...Object.fromEntries(compiled) }),
  initialCode: `${await readFile(bundled, "utf8")}
    addEventListener("fetch", (event) => event.respondWith(worker.default.fetch(event.request, { connectionString })));`,
});
await runInWorker((url, init) => runtime.dispatchFetch(url, init), LACKS);
// Whatever timers checks have left there.
process.exit();
