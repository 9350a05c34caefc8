// Installs the emulator's packages in throw-away projects, as users do, and uses them there:
// `node tests/emulator-package/run.js --packages DIR --python PYTHON`. DIR has the tarballs and the manifests, PYTHON the
// packages of requirements.txt. Prints a line for each check and `N passed, N failed` at last.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CHECKS as API } from "./api.js";
import { CHECKS as CONTROL } from "./control.js";
import { CHECKS as INSTALLING } from "./installing.js";
import { CHECKS as README } from "./readme.js";
import { serveRegistry } from "./registry.js";
import { Projects } from "./projects.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { packages: text, python: text } });
if (!values.packages || !values.python) throw new Error("Give --packages DIR and --python PYTHON");

let passed = 0;
let failed = 0;
const folder = await mkdtemp(join(tmpdir(), "webpubsub-emulator-"));
const registry = await serveRegistry(values.packages);
try {
  const projects = new Projects(folder, registry.url, values);
  for (const [name, check] of Object.entries({ ...INSTALLING, ...API, ...CONTROL, ...README })) {
    try {
      await check(projects);
      passed++;
      console.log(`${name.padEnd(60)}passed`);
    } catch (error) {
      failed++;
      console.log(`${name.padEnd(60)}FAILED\n${error.stack}`);
    }
  }
} finally {
  registry.close();
  await rm(folder, { recursive: true, maxRetries: 5 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
