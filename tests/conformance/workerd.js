// The suite in workerd: a Worker bundled by wrangler, as its users have it, that runs in Miniflare.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../programs.js";
import { bundle } from "../workerd.js";
import { prepare, runInWorker, sayVersionOf, servedAt } from "./runner.js";

/** The oldest that the package is for, without Node's names. */
const COMPATIBILITY_DATE = "2024-09-23";

const { folder, suite, connectionString, outdir } = await prepare();
await sayVersionOf(program("workerd"));
await bundle(join(suite, "worker.js"), { folder, outdir, date: COMPATIBILITY_DATE });

// The Miniflare that wrangler itself runs Workers in.
const wrangler = createRequire(fileURLToPath(import.meta.resolve("wrangler/package.json")));
const { Miniflare } = wrangler("miniflare");
const workerd = new Miniflare({
  modulesRoot: outdir,
  scriptPath: join(outdir, "worker.js"),
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
