// The suite in workerd by `wrangler dev`, as a Worker's author runs it. The newest wrangler needs Node 22: it runs in
// the one that runs this. `--date` and `--flag` are those of compatibility.js.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serving, tool } from "../programs.js";
import { OPTIONS, dateOf } from "./compatibility.js";
import { prepare, runInWorker, sayVersionOf, servedAt } from "./runner.js";

const { suite, outdir, connectionString, date, flag } = await prepare(OPTIONS);
const wrangler = [tool("wrangler/bin/wrangler.js")];
await sayVersionOf(process.execPath, wrangler);
const settings = join(outdir, ".env");
await writeFile(settings, `connectionString="${connectionString}"\n`);
const dev = [
  "dev",
  join(suite, "worker.js"),
  "--local",
  "--ip",
  "127.0.0.1",
  "--port",
  "0",
  "--inspector-port",
  "0",
];
const compatibility = [
  "--compatibility-date",
  await dateOf(date),
  ...flag.flatMap((flag) => ["--compatibility-flag", flag]),
];
const own = ["--env-file", settings, "--persist-to", outdir, "--show-interactive-dev-session", "false"];
await serving(
  process.execPath,
  [...wrangler, ...dev, ...compatibility, ...own],
  {
    cwd: outdir,
    env: { XDG_CONFIG_HOME: outdir, WRANGLER_LOG_PATH: outdir, WRANGLER_REGISTRY_PATH: outdir },
  },
  (said) => /Ready on (http:\S+)/.exec(said)?.[1],
  (url) => runInWorker(servedAt(url)),
);
