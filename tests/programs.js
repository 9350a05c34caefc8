// Programs that tests run: to their end, or in the background until a test is done with them. Each leads a process
// group of its own, so that it goes together with what it started.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How long a program may take to end, to be ready or to stop. */
const PATIENCE_MS = 120_000;

/** What keeps npm's, Cloudflare's and Next's programs to themselves: no telemetry, no update check, no colours. */
const QUIET = {
  CI: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  NEXT_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
  NO_UPDATE_NOTIFIER: "1",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_SEND_METRICS: "false",
};

export const root = fileURLToPath(new URL("..", import.meta.url));

/** A program that npm installed at the root. */
export const program = (name) => join(root, "node_modules/.bin", name);

/** A file of a package in tests/tools. */
export const tool = (path) => join(root, "tests/tools/node_modules", path);

/** The Node of a major version. */
export const node = (version) => tool(`node-${version}/bin/node`);

/** Runs a program to its end and gives what it wrote to standard output; throws what it said when it fails. */
export const run = async (command, args, options) => {
  const { ended, said, stop } = start(command, args, options);
  const late = new AbortController();
  const status = await Promise.race([ended, sleep(PATIENCE_MS, "took too long", { signal: late.signal })]);
  late.abort();
  await stop();
  if (status === 0) return said.stdout;
  throw new Error(`${command} ${args[0] ?? ""}: ${status}\n${said.stdout}${said.stderr}`);
};

/**
 * Starts a program in the background and waits until it is ready, which it is once `ask(stdout)` gives an answer. Returns
 * this answer, `stop()`, and `explained(error)`, which adds to an error what the program has written.
 */
export const startServing = async (command, args, options, ask) => {
  const { ended, said, stop } = start(command, args, options);
  const explained = (error) =>
    new Error(`${error.message}\n${command} ${args[0] ?? ""} said:\n${said.stdout}${said.stderr}`, {
      cause: error,
    });
  let status;
  ended.then((value) => (status = value));
  try {
    const limit = Date.now() + PATIENCE_MS;
    let answer;
    while ((answer = await ask(said.stdout)) === undefined) {
      if (status !== undefined) throw new Error(`it ended before it was ready: ${status}`);
      if (Date.now() > limit) throw new Error("it is not ready");
      await sleep(50);
    }
    return { answer, stop, explained };
  } catch (error) {
    await stop();
    throw explained(error);
  }
};

/** Runs `work(answer)` while a program serves; see `startServing`. */
export const serving = async (command, args, options, ask, work) => {
  const { answer, stop, explained } = await startServing(command, args, options, ask);
  try {
    return await work(answer);
  } catch (error) {
    throw explained(error);
  } finally {
    await stop();
  }
};

/** A port that nothing listens on, and not one of those that the system gives to connections. */
export const freePort = async () => {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const isFree = await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return isFree ? port : freePort();
};

/** Ends this program at once: after sockets were reset, Node has waited for them forever at its end. */
export const end = (passed) => process.exit(passed ? 0 : 1);

/** The connection string that the emulator has written to standard output, once the line is complete. */
export const connectionStringIn = (stdout) => /^Endpoint=.*(?=\n)/m.exec(stdout)?.[0];

const start = (command, args, { env, ...options } = {}) => {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, ...QUIET, ...env },
    ...options,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name]?.setEncoding("utf8").on("data", (text) => (said[name] += text));
  }
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
      return true;
    } catch {
      return false; // nothing is left of it
    }
  };
  /** Asks the whole group to stop, and makes it. */
  const stop = async () => {
    if (child.pid === undefined) return;
    for (let tries = 0; signal("SIGTERM") && tries < 50; tries++) await sleep(100);
    signal("SIGKILL");
    await ended;
  };
  return { ended, said, stop };
};
