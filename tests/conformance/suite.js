// Every check there is, and how one is run. What is checked stands in `events.js`, `service.js`, `testing.js`
// and `vectors.js`.
import { events } from "./events.js";
import { service } from "./service.js";
import { testing } from "./testing.js";
import { vectors } from "./vectors.js";

/** How long a check may take before it counts as hanging, in milliseconds. */
const PATIENCE = 30_000;

/**
 * All checks of a package and its entry for tests, as `{ name, run, needs }`. `settings.connectionString` leads to a service that each of them
 * has a hub of its own in, `settings.isEdge` says that the package is the one for Workers and Vercel Edge. What a check needs is a name for something that not every runtime has; see `report`.
 */
export const suite = (pkg, helpers, settings) => {
  const checks = new Map();
  const check = (name, run, needs) => {
    if (checks.has(name)) throw new Error(`Two checks have the name "${name}"`);
    checks.set(name, { name, run, needs });
  };
  events(pkg, check, settings);
  service(pkg, check, settings);
  testing(pkg, check, helpers);
  vectors(pkg, check);
  return [...checks.values()];
};

/** Runs a check; gives what is wrong in words, or an empty text. */
export const attempt = async ({ run }) => {
  let timer;
  const hangs = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), PATIENCE);
  });
  try {
    await Promise.race([run(), hangs]);
    return "";
  } catch (error) {
    return String(error?.stack ?? error);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Attempts the checks one after the other, says what failed and how many passed; gives whether all did. `lacks` has
 * what the runtime lacks, by the names that checks have for their needs, and why: those checks are skipped.
 */
export const report = async (checks, attempt, lacks = {}) => {
  let passed = 0;
  let failed = 0;
  for (const check of checks) {
    if (Object.hasOwn(lacks, check.needs ?? "")) {
      console.log(`SKIPPED ${check.name}: ${lacks[check.needs]}`);
      continue;
    }
    const wrong = await attempt(check);
    if (wrong === "") passed++;
    else {
      failed++;
      console.log(`FAILED  ${check.name}\n${wrong.replace(/^/gm, "        ")}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0;
};
