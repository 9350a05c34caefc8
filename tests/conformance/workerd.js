// The suite in workerd: a Worker bundled by wrangler, as its users have it, that runs in Miniflare.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare, program, run, runInWorker, sayVersionOf, servedAt } from "./runner.js";

/** The oldest that the package is for, without Node's names. */
const COMPATIBILITY_DATE = "2024-09-23";

const { folder, suite, connectionString, outdir: bundle } = await prepare();
await sayVersionOf(program("workerd"));
const dryRun = ["deploy", join(suite, "worker.js"), "--dry-run", "--outdir", bundle, "--name", "conformance"];
const wrangled = await run(program("wrangler"), [...dryRun, "--compatibility-date", COMPATIBILITY_DATE], {
  cwd: folder,
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_LOG: "error",
    WRANGLER_LOG_PATH: folder,
    XDG_CONFIG_HOME: folder,
  },
});
if (wrangled !== 0) throw new Error("wrangler did not bundle the suite");

// The Miniflare that wrangler itself runs Workers in.
const wrangler = createRequire(fileURLToPath(import.meta.resolve("wrangler/package.json")));
const { Miniflare } = wrangler("miniflare");
const workerd = new Miniflare({
  modulesRoot: bundle,
  scriptPath: join(bundle, "worker.js"),
  modules: true,
  modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
  compatibilityDate: COMPATIBILITY_DATE,
  bindings: { connectionString },
  cf: false,
});
try {
  await runInWorker(servedAt(await workerd.ready));
} finally {
  await workerd.dispose();
}
