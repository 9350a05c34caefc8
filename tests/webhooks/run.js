// The event handler in a Worker in workerd, under the events of a local service with real WebSocket clients:
// `node run.js --package DIR --emulator PROGRAM` takes the package in `DIR/node_modules`. Says `N passed, N failed` at
// last, and exits with 0 if nothing failed.
import { cp, mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { endpointIn } from "../conformance/jwt.js";
import { attempt, report } from "../conformance/suite.js";
import { bundle, inWorkerd } from "../workerd.js";
import { connectionStringIn, serving } from "../programs.js";
import { bounds } from "./checks/bounds.js";
import { connecting } from "./checks/connecting.js";
import { failures } from "./checks/failures.js";
import { handshake } from "./checks/handshake.js";
import { life } from "./checks/life.js";
import { states } from "./checks/states.js";
import { userEvents } from "./checks/user-events.js";
import { verification } from "./checks/verification.js";
import { startGates } from "./gates.js";
import { makeStage } from "./stage.js";

/** The oldest that the package is for, without Node's names. */
const COMPATIBILITY_DATE = "2024-09-23";

const KEYS = {
  main: "main-key-of-the-test",
  secondary: "secondary-key-of-the-test",
  other: "key-of-another",
};

/** The hubs of the services, and where their events go. */
const AT_PATH = "/api/webpubsub/hubs/{hub}/";
const HUBS = {
  main: {
    ...Object.fromEntries(
      [
        "chat",
        "rotated",
        "rotating",
        "forged",
        "unverified",
        "foreign",
        "listed",
        "fallback",
        "small",
        "idle",
      ].map((hub) => [hub, AT_PATH]),
    ),
    guarded: `${AT_PATH}?code=sesame`,
    barred: `${AT_PATH}?code=mustard`,
    elsewhere: "/events/of/{hub}/{event}",
  },
  other: { chat: AT_PATH, other: AT_PATH },
};

const text = { type: "string" };
const { values } = parseArgs({ options: { package: text, emulator: text } });
const { package: folder, emulator } = values;
if (!folder || !emulator) throw new Error("Give --package DIR and --emulator PROGRAM");

const pkg = await import(
  pathToFileURL(createRequire(join(folder, "package.json")).resolve("webpubsub-edge"))
);

/** Runs `work(connectionString)` while a service runs. */
const withService = (keys, hubs, worker, work) => {
  const handlers = Object.entries(hubs).flatMap(([hub, path]) => [
    "--event-handler",
    `${hub}=${worker}${path}`,
  ]);
  const options = ["--port", "0", ...keys.flatMap((key) => ["--access-key", key]), ...handlers];
  return serving(emulator, options, {}, connectionStringIn, work);
};

const runAll = async (stage) => {
  const checks = [];
  const check = (name, run) => void checks.push({ name, run });
  for (const add of [handshake, verification, connecting, userEvents, states, life, bounds, failures]) {
    add(check, stage);
  }
  try {
    return await report(checks, attempt);
  } finally {
    stage.hangUp();
  }
};

// Below the package's folder, so that the Worker gets the package by its name.
const suite = await mkdtemp(join(folder, "webhooks-"));
await cp(fileURLToPath(new URL("worker", import.meta.url)), join(suite, "worker"), { recursive: true });
const outdir = join(suite, "built");
const date = COMPATIBILITY_DATE;
const files = await bundle(join(suite, "worker/index.js"), { folder, outdir, date });
const gates = await startGates();
try {
  await inWorkerd({ outdir, files, date, flags: [], bindings: {} }, (worker) =>
    withService([KEYS.main, KEYS.secondary], HUBS.main, worker, (main) =>
      withService([KEYS.other], HUBS.other, worker, async (other) => {
        const settings = { main, other, secondary: KEYS.secondary, gates: gates.url };
        await fetch(`${worker}/-/settings`, { method: "POST", body: JSON.stringify(settings) });
        const origin = new URL(endpointIn(main)).host;
        const stage = makeStage({ pkg, services: { main, other }, keys: KEYS, origin, worker, gates });
        process.exitCode = (await runAll(stage)) ? 0 : 1;
      }),
    ),
  );
} finally {
  gates.stop();
}
