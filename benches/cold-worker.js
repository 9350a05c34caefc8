// Cold start of a Worker: from the start of workerd to the first client access token, less the same for an empty
// Worker. Workers are always bundled.
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../tests/programs.js";
import { bundle } from "../tests/workerd.js";
import { compare, takeTurns } from "./interleave.js";
import { WORKER } from "./runtimes.js";

const entry = (file) => fileURLToPath(new URL(`workload/cold-worker/${file}`, import.meta.url));

const configuration = (files) => {
  const modules = files.map((file) => {
    const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = "${file}", ${kind} = embed "${file}")`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "${WORKER.date}",
  compatibilityFlags = ["nodejs_compat"],
);
`;
};

/** Bundles the Worker of a side and gives the path of a configuration that serves it. */
const prepare = async (folder, side) => {
  const outdir = join(folder, `cold-${side}`);
  await mkdir(outdir);
  const files = await bundle(entry(`${side}.js`), { ...WORKER, folder, outdir, more: ["--minify"] });
  const path = join(outdir, "cold.capnp");
  await writeFile(path, configuration(files));
  return path;
};

/** The port that workerd reports on its control channel. */
const portOf = (child) =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdio[3].setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      const port = /"event":"listen".*"port":(\d+)/.exec(text)?.[1];
      if (port) resolve(port);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`workerd ended with ${code} before it served the Worker`)));
  });

/** Milliseconds from the start of workerd to the first response. */
const firstResponse = async (path) => {
  const start = performance.now();
  const child = spawn(program("workerd"), ["serve", "--control-fd=3", path], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const exited = new Promise((resolve) => child.on("close", resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${await portOf(child)}`);
    const token = await response.text();
    if (token.split(".").length !== 3) throw new Error("the Worker served no token");
    return performance.now() - start;
  } finally {
    child.kill();
    await exited;
  }
};

/** Milliseconds that each side adds to the start of an empty Worker. */
export const measureColdWorker = async (folder, rounds) => {
  const paths = {};
  for (const side of ["empty", "ours", "official"]) paths[side] = await prepare(folder, side);
  await firstResponse(paths.empty); // reads the program into the file cache
  const values = await takeTurns(Object.keys(paths), (side) => firstResponse(paths[side]), rounds);
  const added = (side) => values[side].map((ms, round) => ms - values.empty[round]);
  return { bundled: compare({ ours: added("ours"), official: added("official") }) };
};
