// The clients that play the scenarios: the package in Node and in workerd, and the Rust client as a program. Each is a
// function from a plan to what the caller saw; see `calls.js`.
import { spawn } from "node:child_process";
import { cp, mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle, inWorkerd } from "../workerd.js";
import { runner } from "./calls.js";

/** The oldest date that the package is for, without Node's names. */
const COMPATIBILITY_DATE = "2024-09-23";

/** The package in `folder/node_modules`, in this process. */
export const inNode = async (folder) => {
  const entry = createRequire(join(folder, "package.json")).resolve("webpubsub-edge");
  return runner(await import(pathToFileURL(entry)));
};

/** Runs `work(client)` while a Worker with the package runs in workerd. */
export const withWorkerd = async (folder, work) => {
  // Below the package's folder, so that the Worker finds the package by its name.
  const suite = await mkdtemp(join(folder, "faults-"));
  for (const file of ["calls.js", "worker.js"]) {
    await cp(fileURLToPath(new URL(file, import.meta.url)), join(suite, file));
  }
  const outdir = join(suite, "built");
  const settings = { folder, outdir, date: COMPATIBILITY_DATE };
  const files = await bundle(join(suite, "worker.js"), settings);
  await inWorkerd({ ...settings, files, flags: [], bindings: {} }, (url) =>
    work(async (plan) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(plan) });
      if (!response.ok) throw new Error(`the Worker responded ${response.status}: ${await response.text()}`);
      return response.json();
    }),
  );
};

/** Runs `work(client)` while the Rust program runs: it reads plans and writes outcomes, a line of JSON each. */
export const withProgram = async (path, work) => {
  const child = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  const fail = (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.on("error", fail);
  child.on("exit", (code) => fail(new Error(`${path} ended with ${code}`)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { number, ...outcome } = JSON.parse(line);
    waiting.get(number)?.resolve(outcome);
    waiting.delete(number);
  });
  let count = 0;
  try {
    await work(
      (plan) =>
        new Promise((resolve, reject) => {
          const number = count++;
          waiting.set(number, { resolve, reject });
          child.stdin.write(`${JSON.stringify({ number, ...plan })}\n`);
        }),
    );
  } finally {
    child.stdin.end();
  }
};
