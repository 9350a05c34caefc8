// Programs that know the service and nothing of this project, against the local service: `node run.js --emulator PROGRAM
// --python PYTHON --old-python PYTHON`, where the old one has the oldest version of the service client. Each program has
// a service of its own, with `CONNECTION_STRING` in its environment, in `FLAKY` the same endpoint behind a network that
// cuts connections, and in `EMULATOR` the program, to start it with other options; it exits with 0 when it found everything
// right. `--only NAME` runs one. Says `N passed, N failed` at last, and exits with 0 if nothing failed.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endpointIn } from "../conformance/jwt.js";
import { connectionStringIn, end, run, serving } from "../programs.js";
import { startFlaky } from "./flaky.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { emulator: text, python: text, "old-python": text, only: text } });

const NODE = process.execPath;
const PYTHON = values.python;
const OLD_PYTHON = values["old-python"];
const SERVICE = "azure-messaging-webpubsubservice, every operation";

/** The programs: what they prove, the interpreter, the file, and its arguments. */
const PROGRAMS = {
  "web-pubsub": ["@azure/web-pubsub, every operation", NODE, "web-pubsub.js"],
  "web-pubsub-client": ["@azure/web-pubsub-client with its default options", NODE, "web-pubsub-client.js"],
  "web-pubsub-express": ["@azure/web-pubsub-express as event handler", NODE, "web-pubsub-express.js"],
  "webpubsubservice-1.0.1": [SERVICE, OLD_PYTHON, "webpubsubservice.py", "sync"],
  "webpubsubservice-1.0.1-aio": [`${SERVICE}, aio`, OLD_PYTHON, "webpubsubservice.py", "aio"],
  webpubsubservice: [SERVICE, PYTHON, "webpubsubservice.py", "sync"],
  "webpubsubservice-aio": [`${SERVICE}, aio`, PYTHON, "webpubsubservice.py", "aio"],
  webpubsubclient: ["azure-messaging-webpubsubclient, threads", PYTHON, "webpubsubclient.py"],
  "webpubsubclient-aio": ["azure-messaging-webpubsubclient, asyncio", PYTHON, "webpubsubclient_aio.py"],
  mqtt: ["mqtt.js with MQTT 3.1.1 and 5.0", NODE, "mqtt.js"],
};

/** Runs a program beside a service of its own. */
const judge = async ([what, interpreter, file, ...args]) => {
  const options = ["--port", "0"];
  return serving(values.emulator, options, {}, connectionStringIn, async (connectionString) => {
    const flaky = await startFlaky(endpointIn(connectionString));
    const { emulator: EMULATOR } = values;
    const env = {
      CONNECTION_STRING: connectionString,
      EMULATOR,
      FLAKY: flaky.endpoint,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    try {
      const said = await run(interpreter, [fileURLToPath(new URL(file, import.meta.url)), ...args], { env });
      const cuts = flaky.cuts() > 0 ? `; ${flaky.cuts()} connections cut` : "";
      console.log(`${what}: ${said.trim()}${cuts}`);
    } finally {
      flaky.stop();
    }
  });
};

let passed = 0;
let failed = 0;
for (const [name, program] of Object.entries(PROGRAMS)) {
  if (values.only !== undefined && values.only !== name) continue;
  try {
    await judge(program);
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.message.replace(/^/gm, "        ")}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
end(failed === 0 && passed > 0);
