// The life of an isolate: a Worker in workerd, whose clients and event handler are made once, under thousands of
// requests at once that fail in every way. `node run.js --package DIR --connection-string STRING`, like the runners in
// `tests/conformance`; the plans of a run come again with its SEED.
import { cp, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compatibilityDate } from "workerd";
import { keyIn } from "../conformance/jwt.js";
import { prepare } from "../conformance/runner.js";
import { attempt, report } from "../conformance/suite.js";
import { arrivals, lifeChecks, logChecks, memoryChecks, outcomeChecks } from "./checks.js";
import { startFaults } from "./faults.js";
import { gather } from "./guests.js";
import { planner, randomOf } from "./plans.js";
import { storm } from "./storm.js";
import { end } from "../programs.js";
import { bundle, inWorkerd } from "../workerd.js";

/** The oldest date that the package is for, without FinalizationRegistry, and the newest of this workerd. */
const DATES = ["2024-09-23", compatibilityDate];
/** How many requests come before memory is looked at, how many then, and how many while the core is stopped. */
const WARM_UP = 600;
const STORM = 2_000;
const WITH_STOPS = 600;

const seed = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
console.log(`SEED=${seed}`);

// Both suites below the package's folder, as they are beside each other here.
const { folder, outdir, connectionString } = await prepare();
const copy = await mkdtemp(join(folder, "isolate-"));
for (const name of ["conformance", "isolate", "vectors"]) {
  await cp(fileURLToPath(new URL(`../${name}`, import.meta.url)), join(copy, name), { recursive: true });
}
const files = await bundle(join(copy, "isolate/worker/index.js"), { folder, outdir, date: DATES[0] });

/** Everything in one isolate; gives its checks with what is wrong in each, in words. */
const live = async (url, { log, random, faults }) => {
  const outcomes = [];
  const attemptAll = async (checks) => {
    for (const check of checks) outcomes.push({ name: check.name, wrong: await attempt(check) });
  };
  const json = async (path, init) => (await fetch(url + path, init)).json();
  const { checks, stops } = await json("/lives");
  const { heard, leave } = await gather((await json("/guest")).url);
  // The first token; later ones may fail.
  await json("/call", {
    method: "POST",
    body: JSON.stringify({ id: "first", client: "byToken", operation: "userExists", fault: "none" }),
  });
  const rush = (count, settings) => {
    const plan = planner(random, { key: keyIn(connectionString), ...settings });
    return storm(url, { count, random: randomOf(seed), plan });
  };
  try {
    const results = await rush(WARM_UP, { ids: "w" });
    const before = await json("/memory");
    results.push(...(await rush(STORM, { ids: "r" })));
    const after = await json("/memory");
    results.push(...(await rush(WITH_STOPS, { ids: "s", stops })));
    await attemptAll(outcomeChecks(results));
    await attemptAll(arrivals(results, heard, faults.waiting));
    await attemptAll(memoryChecks(before, after));
    await attemptAll(lifeChecks(url, checks));
    await attemptAll(logChecks(log));
  } finally {
    leave();
  }
  return outcomes;
};

const random = randomOf(seed);
const outcomes = [];
for (const date of DATES) {
  // Each isolate's own: what was tried before is remembered, and the first token is given.
  const faults = await startFaults(connectionString, randomOf(seed));
  const bindings = { connectionString, faults: faults.url };
  const flags = ["enable_request_signal"];
  try {
    await inWorkerd({ outdir, files, date, flags, bindings }, async (url, log) => {
      for (const { name, wrong } of await live(url, { log, random, faults })) {
        outcomes.push({ name: `${date}: ${name}`, wrong });
      }
    });
  } finally {
    faults.stop();
  }
}
end(await report(outcomes, ({ wrong }) => wrong));
