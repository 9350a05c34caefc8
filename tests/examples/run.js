// Starts the examples one after the other, as the README says, and uses each: `node tests/examples/run.js --emulator
// PROGRAM --port PORT`, where PORT is free. Each example has an emulator of its own, which validates the event handler
// and sends it the events of the hub `news`. Prints a line for each example and at last `N passed, N failed`.
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { endpointIn, keyIn } from "../conformance/jwt.js";
import { event, signature } from "../conformance/webhooks.js";
import { listening } from "../listener.js";
import { connectionStringIn, node, root, serving } from "../programs.js";

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

/** For frameworks that do not run in Node 20: Node 24 is `node` on the PATH. */
const NODE_24 = { PATH: [dirname(node(24)), process.env.PATH].join(delimiter) };

/** SvelteKit's check of forms is off: that of the example accepts nothing but events from other sites. */
const expectFormsRejected = async () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "",
  ]) {
    for (const headers of [{}, { Origin: "https://other.example" }]) {
      const form = {
        method: "POST",
        headers: { ...headers, "Content-Type": type },
        body: '{"title":"Forged"}',
      };
      assert.equal((await fetch(new URL("notify", url), form)).status, 403, `a form in "${type}"`);
    }
  }
};

/**
 * Each is started in its folder, by `npm start` unless it has a `command` of its own. `env` and `args` set its port,
 * `settings` names the service, `prefix` comes before its paths except those of events, `check` uses it further, and `output`
 * is a file that it builds again after it has started.
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
  { name: "sveltekit", env: { PORT: port }, check: expectFormsRejected },
  { name: "nuxt", env: { PORT: port, ...NODE_24 } },
  {
    name: "azure-functions",
    // `func` is not in npm: see functions-host.js.
    command: [node(24), join(root, "tests/examples/functions-host.js")],
    env: { PORT: port },
    prefix: "api/",
  },
  { name: "hono", args: ["--port", port] },
  // What `cargo run` starts once it has built it. It would wait for any other cargo that is building.
  { name: "axum", command: [join(dirname(emulator), "news-axum")], env: { PORT: port } },
  { name: "rust-worker", args: ["--port", port], output: "build/index.js" },
];

const folderOf = ({ name }) => join(root, "examples", name);
const baseOf = ({ prefix = "" }) => new URL(prefix, url);

/**
 * Wrangler runs the build of the Rust Worker twice when it starts. It notices the second output up to seconds later, and then
 * reloads the Worker, which interrupts requests.
 */
const RELOADED_AFTER_MS = 5_000;
const isStable = async (example) => {
  if (!example.output) return true;
  const built = await stat(join(folderOf(example), example.output)).catch(() => {});
  return built !== undefined && Date.now() - built.mtimeMs > RELOADED_AFTER_MS;
};

const isReady = async (example) => {
  if (!(await isStable(example))) return undefined;
  const response = await fetch(new URL("negotiate", baseOf(example))).catch(() => {});
  await response?.body?.cancel();
  // Again: Wrangler holds requests back while it builds.
  return (response?.ok && (await isStable(example))) || undefined;
};

/** What clients send, by content type. */
const MESSAGES = {
  "text/plain; charset=utf-8": "hello",
  "application/json; charset=utf-8": { hello: 1 },
  "application/octet-stream": new Uint8Array([0, 255]),
};

/** Events in text, JSON and binary are accepted, those with the signature of another key are rejected. */
const expectEvents = async (key) => {
  const send = async (type, body, signingKey, contentType = "application/json") => {
    const headers = {
      "Content-Type": contentType,
      "ce-hub": "news",
      "ce-signature": await signature(signingKey, "1"),
      "ce-connectionId": "1",
    };
    return (await fetch(event(type, body, { url: new URL("api/webpubsub/hubs/news/", url), headers })))
      .status;
  };
  for (const [type, body] of Object.entries(MESSAGES)) {
    assert.equal(await send("user.message", body, key, type), 204, `an event in ${type}`);
    assert.equal(await send("user.message", body, "not the key", type), 401, `a forged event in ${type}`);
  }
  assert.equal(await send("sys.connect", {}, "not the key"), 401);
};

/** A client connects and receives the news. */
const use = async (key, example) => {
  const base = baseOf(example);
  const negotiated = await (await fetch(new URL("negotiate", base))).json();
  await listening(negotiated.url, async (next) => {
    const news = { title: "It works", at: Date.now() };
    const posted = await fetch(new URL("notify", base), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(news),
    });
    assert.equal(posted.status, 202);
    assert.deepEqual(JSON.parse(await next()), news);
  });
  await expectEvents(key);
  assert.equal((await fetch(new URL("nothing", url))).status, 404);
  await example.check?.();
};

const NPM_START = ["npm", "start", "--"];

const start = (example) =>
  serving(emulator, EMULATOR_OPTIONS, {}, connectionStringIn, (connectionString) => {
    const { command = NPM_START, env, args = [], settings = withConnectionString } = example;
    const options = { cwd: folderOf(example), env: { ...env, ...settings(connectionString) } };
    const [program, ...rest] = command;
    return serving(
      program,
      [...rest, ...args],
      options,
      () => isReady(example),
      () => use(keyIn(connectionString), example),
    );
  });

let failed = 0;
for (const example of EXAMPLES) {
  const name = example.name.padEnd(17);
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
