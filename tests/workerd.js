// workerd by its own configuration, so that it may have V8's garbage collector called, and everything that it
// says is at hand.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { program, run, serving } from "./programs.js";

const text = JSON.stringify;

const configuration = ({ files, date, flags, bindings }) => {
  const modules = files.map((file) => {
    const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = ${text(file)}, ${kind} = embed ${text(file)})`;
  });
  const values = Object.entries(bindings).map(
    ([name, value]) => `(name = ${text(name)}, text = ${text(value)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "loopback", network = (allow = ["private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  v8Flags = ["--expose-gc"],
);

const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  bindings = [${values.join(", ")}],
  compatibilityDate = ${text(date)},
  compatibilityFlags = [${flags.map(text).join(", ")}],
  globalOutbound = "loopback",
);
`;
};

/** Bundles a Worker as its users do; `more` are further arguments for wrangler. */
export const bundle = async (entry, { folder, outdir, date, flags = [], more = [] }) => {
  const dryRun = [
    "deploy",
    entry,
    "--dry-run",
    "--outdir",
    outdir,
    "--name",
    "worker",
    "--compatibility-date",
    date,
    ...flags.flatMap((flag) => ["--compatibility-flag", flag]),
    ...more,
  ];
  await run(program("wrangler"), dryRun, {
    cwd: folder,
    env: { WRANGLER_LOG_PATH: folder, WRANGLER_REGISTRY_PATH: folder, XDG_CONFIG_HOME: folder },
  });
  // The entry goes first.
  const files = await readdir(outdir);
  return files
    .filter((file) => /\.(js|wasm)$/.test(file))
    .sort((a, b) => a.endsWith(".wasm") - b.endsWith(".wasm"));
};

/** Runs `work(url, log)` while workerd serves the Worker; `log()` gives all that workerd said. */
export const inWorkerd = async ({ outdir, workerd = program("workerd"), ...settings }, work) => {
  const path = join(outdir, "config.capnp");
  const log = join(outdir, "workerd.log");
  await writeFile(path, configuration(settings));
  // A shell, because what is said is read while workerd runs.
  const command = ["-c", 'exec "$0" serve --verbose --control-fd=3 "$1" 3>&1 >"$2" 2>&1'];
  const ask = (stdout) => /"event":"listen".*"port":(\d+)/.exec(stdout)?.[1];
  const said = () => readFile(log, "utf8");
  try {
    await serving("sh", [...command, workerd, path, log], {}, ask, (port) =>
      work(`http://127.0.0.1:${port}`, said),
    );
  } catch (error) {
    throw new Error(`${error.message}${(await said()).slice(-4_000)}`, { cause: error });
  }
};
