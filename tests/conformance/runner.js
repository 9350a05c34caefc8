// What the runners of all runtimes do: each is `node <runtime>.js --package DIR --connection-string STRING`, runs the
// suite on the package in `DIR/node_modules`, says `version V` at first and `N passed, N failed` at last, and exits
// with 0 if nothing failed.
import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run as output } from "../programs.js";
import { report } from "./suite.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const text = { type: "string" };

/**
 * What the command line says, with a copy of the suite below the package's folder, so that it gets the package by its
 * name; `own` are options that only one runner has. `outdir` is an empty folder.
 */
export const prepare = async (own = {}) => {
  const { values } = parseArgs({ options: { package: text, "connection-string": text, ...own } });
  const { package: folder, "connection-string": connectionString, ...rest } = values;
  if (!folder || !connectionString) throw new Error("Give --package DIR and --connection-string STRING");
  const copy = await mkdtemp(join(folder, "conformance-"));
  const suite = join(copy, "conformance");
  await cp(here, suite, { recursive: true });
  await cp(join(here, "../vectors"), join(copy, "vectors"), { recursive: true });
  const outdir = join(suite, "built");
  await mkdir(outdir);
  return { folder, suite, outdir, connectionString, ...rest };
};

/** Says which version a runtime has: the first word with a digit at its start in what it says of itself. */
export const sayVersion = (said) => console.log(`version ${/(?<![\w.])v?(\d[\w.-]*)/.exec(said)[1]}`);

/** Has a program say its version. */
export const sayVersionOf = async (command, args = []) =>
  sayVersion(await output(command, [...args, "--version"]));

/** Runs a program to its end, seen by whoever runs this, and gives its exit code. */
const run = (command, args, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });

/** Runs the suite as a program, by a runtime and its arguments, and ends as that does. */
export const runAsProgram = async (command, args, { main = "main.js", lacks = {} } = {}) => {
  const { folder, suite, connectionString } = await prepare();
  await sayVersionOf(command);
  const program = [join(suite, main), connectionString, JSON.stringify(lacks)];
  process.exitCode = await run(command, [...args, ...program], { cwd: folder });
};

/** Runs the suite in a Worker, each check in a request of its own: `request` is the Worker's `fetch`. */
export const runInWorker = async (request, lacks) => {
  const list = await (await request("http://conformance/")).json();
  const checks = list.map((check, number) => ({ ...check, number }));
  const passed = await report(
    checks,
    async ({ number }) => {
      const response = await request(`http://conformance/${number}`, { method: "POST" });
      const text = await response.text();
      return response.ok ? text : `the Worker answered ${response.status}: ${text}`;
    },
    lacks,
  );
  process.exitCode = passed ? 0 : 1;
};

/** The `fetch` of a Worker that is served at a URL. */
export const servedAt = (url) => (target, init) => fetch(new URL(new URL(target).pathname, url), init);
