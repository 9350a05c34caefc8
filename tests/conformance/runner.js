// What the runners of all runtimes do: each is `node <runtime>.js --package DIR --connection-string STRING`, runs the
// suite on the package in `DIR/node_modules`, says `N passed, N failed` at last, and exits with 0 if nothing failed.
import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const text = { type: "string" };

/** What the command line says, with the suite beside the package, so that it gets the package by its name. */
export const prepare = async () => {
  const { values } = parseArgs({ options: { package: text, "connection-string": text } });
  const { package: folder, "connection-string": connectionString } = values;
  if (!folder || !connectionString) throw new Error("Give --package DIR and --connection-string STRING");
  const suite = join(folder, "conformance");
  await cp(here, suite, { recursive: true });
  return { folder, suite, connectionString };
};

/** The path of a program that npm installed. */
export const program = (name) => join(here, "../../node_modules/.bin", name);

/** Runs a program to its end, and gives its exit code. */
export const run = (command, args, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });

/** Runs the suite as a program, by a runtime and its arguments, and ends as that does. */
export const runAsProgram = async (command, args) => {
  const { folder, suite, connectionString } = await prepare();
  process.exitCode = await run(command, [...args, join(suite, "main.js"), connectionString], { cwd: folder });
};
