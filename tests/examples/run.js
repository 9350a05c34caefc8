// Starts the examples one after the other, as the README says, and uses each: `node tests/examples/run.js --emulator
// PROGRAM --port PORT`, where PORT is free. Each example has an emulator of its own, which validates the event handler
// and sends it the events of the hub `news`. Prints a line for each example and at last `N passed, N failed`.
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endpointIn, keyIn } from "../conformance/jwt.js";
import { event, signature } from "../conformance/webhooks.js";
import { listening } from "../listener.js";
import { connectionStringIn, root, serving } from "../programs.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { emulator: text, port: text } });
const { emulator, port } = values;
if (!emulator || !port) throw new Error("Give --emulator PROGRAM and --port PORT");
const url = new URL(`http://127.0.0.1:${port}/`);

const ENTRA_TOKEN = "token-of-the-test";
const EMULATOR_OPTIONS = [
  ...["--port", "0"],
  ...["--entra-token", ENTRA_TOKEN],
  ...["--event-handler", `news=${url}api/webpubsub/hubs/{hub}/`],
];

const withConnectionString = (connectionString) => ({ WEB_PUBSUB: connectionString });

/** Without the connection string: the token must do. */
const withEntraToken = (connectionString) => ({
  WEB_PUBSUB_ENDPOINT: endpointIn(connectionString),
  WEB_PUBSUB_ACCESS_KEY: keyIn(connectionString),
  EMULATOR_ENTRA_TOKEN: ENTRA_TOKEN,
});

/**
 * Each is started in its folder, by `npm start` unless it has a `command` of its own. `env` and `args` set its port, and
 * `settings` names the service.
 */
const EXAMPLES = [
  { name: "deno", env: { DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` } },
  { name: "bun", env: { PORT: port } },
  { name: "node", env: { PORT: port } },
  { name: "express", env: { PORT: port } },
  { name: "fastify", env: { PORT: port } },
  { name: "koa", env: { PORT: port } },
  { name: "entra", env: { PORT: port }, settings: withEntraToken },
  { name: "nextjs", env: { PORT: port } },
  { name: "hono", args: ["--port", port] },
  { name: "axum", command: ["cargo", "run", "--quiet"], env: { PORT: port } },
  { name: "rust-worker", args: ["--port", port] },
];

const isReady = async () => {
  const response = await fetch(new URL("negotiate", url)).catch(() => {});
  await response?.body?.cancel();
  return response?.ok || undefined;
};

/** A client connects and receives the news. Events with the signature of another key are rejected. */
const use = async () => {
  const negotiated = await (await fetch(new URL("negotiate", url))).json();
  await listening(negotiated.url, async (next) => {
    const news = { title: "It works", at: Date.now() };
    const posted = await fetch(new URL("notify", url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(news),
    });
    assert.equal(posted.status, 202);
    assert.deepEqual(JSON.parse(await next()), news);
  });

  const headers = {
    "ce-hub": "news",
    "ce-signature": await signature("not the key", "1"),
    "ce-connectionId": "1",
  };
  const forged = event("sys.connect", {}, { url: new URL("api/webpubsub/hubs/news/", url), headers });
  assert.equal((await fetch(forged)).status, 401);
  assert.equal((await fetch(new URL("nothing", url))).status, 404);
};

const NPM_START = ["npm", "start", "--"];

const start = ({ name, command = NPM_START, env, args = [], settings = withConnectionString }) =>
  serving(emulator, EMULATOR_OPTIONS, {}, connectionStringIn, (connectionString) => {
    const options = { cwd: join(root, "examples", name), env: { ...env, ...settings(connectionString) } };
    const [program, ...rest] = command;
    return serving(program, [...rest, ...args], options, isReady, use);
  });

let failed = 0;
for (const example of EXAMPLES) {
  const name = example.name.padEnd(14);
  try {
    await start(example);
    console.log(`${name}passed`);
  } catch (error) {
    failed++;
    console.log(`${name}FAILED\n${error.message}`);
  }
}
console.log(`${EXAMPLES.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
