// Runs the examples, one after the other, as people do, and uses each: `node tests/examples/run.js --port PORT
// --connection-string STRING`. The service must send the events of the hub `news` to that port. Prints a line for
// each example and `N passed, N failed` at last.
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { event, signature } from "../conformance/webhooks.js";
import { listening } from "../listener.js";
import { root, serving } from "../programs.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { port: text, "connection-string": text } });
const { port, "connection-string": connectionString } = values;
if (!port || !connectionString) throw new Error("Give --port PORT and --connection-string STRING");
const url = new URL(`http://127.0.0.1:${port}/`);

/** Each is started in its folder by `npm start`, or by its own command; here is how it is told its port. */
const EXAMPLES = [
  { name: "deno", env: { DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` } },
  { name: "bun", env: { PORT: port } },
  { name: "node", env: { PORT: port } },
  { name: "hono", args: ["--port", port] },
  { name: "axum", command: ["cargo", "run", "--quiet"], env: { PORT: port } },
  { name: "rust-worker", args: ["--port", port] },
];

const isReady = async () => {
  const response = await fetch(new URL("negotiate", url)).catch(() => {});
  await response?.body?.cancel();
  return response?.ok || undefined;
};

/** Somebody connects and hears the news; nobody but the service can tell of events. */
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

let failed = 0;
for (const { name, env, args = [], command = ["npm", "start", "--", ...args] } of EXAMPLES) {
  const [program, ...rest] = command;
  const options = { cwd: join(root, "examples", name), env: { ...env, WEB_PUBSUB: connectionString } };
  try {
    await serving(program, rest, options, isReady, use);
    console.log(`${name.padEnd(14)}passed`);
  } catch (error) {
    failed++;
    console.log(`${name.padEnd(14)}FAILED\n${error.message}`);
  }
}
console.log(`${EXAMPLES.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
