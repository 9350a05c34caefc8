// The runtimes: how each is started with the workload in it, and how it is asked to make calls.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compatibilityDate } from "workerd";
import { program, root, run, serving, tool } from "../tests/programs.js";
import { bundle, inWorkerd } from "../tests/workerd.js";

const workload = (file) => fileURLToPath(new URL(`workload/${file}`, import.meta.url));

/** A runtime that runs files: `command` and `args` start it. */
const ofFiles = (title, command, args) => ({
  title,
  command,
  args,
  serve: (_folder, work) =>
    serving(
      command,
      [...args, workload("serve.js")],
      { cwd: root },
      (stdout) => /listening on (\d+)/.exec(stdout)?.[1],
      (port) => work(`http://127.0.0.1:${port}`),
    ),
});

const node = (major) => ofFiles(`Node ${major}`, tool(`node-${major}/bin/node`), ["--expose-gc"]);

/** The official package needs the flag. */
export const WORKER = { date: compatibilityDate, flags: ["nodejs_compat"] };

const workerd = {
  title: "workerd",
  command: program("workerd"),
  // Its clock stands still while a request runs.
  hasClock: false,
  async serve(folder, work) {
    const outdir = join(folder, "worker");
    await mkdir(outdir);
    const files = await bundle(workload("worker.js"), { ...WORKER, folder, outdir });
    await inWorkerd({ ...WORKER, outdir, files, bindings: {} }, work);
  },
};

export const RUNTIMES = {
  "node-20": node(20),
  "node-24": node(24),
  workerd,
  // The code cache would make every start after the first a warm one.
  deno: ofFiles("Deno", program("deno"), [
    "run",
    "--quiet",
    "--allow-all",
    "--no-code-cache",
    "--v8-flags=--expose-gc",
  ]),
  bun: ofFiles("Bun", program("bun"), ["run"]),
};

/** The version of a runtime, as it states it. */
export const versionOf = async ({ command }) => {
  const text = await run(command, ["--version"]);
  return /\d[\w.-]*/.exec(text)[0];
};

/** Runs `work(agent)` while a runtime serves the workload; see workload/agent.js for its tasks. */
export const withAgent = ({ title, serve, hasClock = true }, folder, work) =>
  serve(folder, (url) => {
    const ask = async (request) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(request) });
      const { error, ...result } = await response.json();
      if (error) throw new Error(`${title}: ${error}`);
      return result;
    };
    return work({
      ask,
      /** Milliseconds that a call of one side takes, so many times. */
      async time(name, side, times) {
        const start = performance.now();
        const { ms } = await ask({ task: "time", name, side, times });
        return hasClock ? ms : performance.now() - start;
      },
    });
  });
