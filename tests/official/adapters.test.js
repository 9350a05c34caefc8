// The event handler in the frameworks that people use it with: Express, and Hono in front of other routes.
import assert from "node:assert/strict";
import { test } from "node:test";
import express from "express";
import { Hono } from "hono";
import { WebPubSubEventHandler } from "webpubsub-edge";
import { ORIGIN, PRIMARY, eventHeaders, handshake, text } from "../conformance/webhooks.js";

const events = new WebPubSubEventHandler("chat", { accessKeys: PRIMARY, handleUserEvent: (req) => req });

/** Serves an Express app, and gives a `fetch` of it. */
const serving = async (app, run) => {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  try {
    await run((path, init) => fetch(origin + path, init));
  } finally {
    server.close();
  }
};

const post = (type, body, headers) => ({ method: "POST", headers: eventHeaders(type, headers), body });
const plain = { "Content-Type": "text/plain" };

test("Express", async () => {
  const app = express()
    .use(events.getMiddleware())
    .use(express.json())
    .post("/other", (req, res) => void res.json(req.body));
  await serving(app, async (ask) => {
    const shake = await ask(events.path, {
      method: "OPTIONS",
      headers: { "WebHook-Request-Origin": ORIGIN },
    });
    assert.deepEqual([shake.status, shake.headers.get("WebHook-Allowed-Origin")], [200, "*"]);
    assert.equal(await (await ask(events.path, post("user.x", "hä", plain))).text(), "hä");
    const forged = post("user.x", "hi", { ...plain, "ce-signature": undefined });
    assert.equal((await ask(events.path, forged)).status, 401);
    const other = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"a":1}' };
    assert.deepEqual(await (await ask("/other", other)).json(), { a: 1 }, "bodies of others are theirs");
    assert.equal((await ask(events.path, other)).status, 404);
  });
});

test("Express, behind a parser and below a router", async () => {
  const router = express.Router().use(events.getMiddleware());
  await serving(express().use(express.json(), express.text()).use("/api", router), async (ask) => {
    assert.equal(await (await ask(events.path, post("user.x", '{"a":"ü"}'))).text(), '{"a":"ü"}');
    assert.equal(await (await ask(events.path, post("user.x", "hä", plain))).text(), "hä");
  });
});

test("Hono", async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    const response = await events.handle(c.req.raw);
    if (!response) return next();
    return response;
  });
  app.post("/other", async (c) => c.json(await c.req.json()));
  assert.equal((await app.request(handshake(ORIGIN))).headers.get("WebHook-Allowed-Origin"), "*");
  assert.equal(await (await app.request(text("hi"))).text(), "hi");
  assert.equal((await app.request(text("hi", { "ce-signature": "x" }))).status, 401);
  const other = { method: "POST", body: '{"a":1}' };
  assert.deepEqual(await (await app.request("/other", other)).json(), { a: 1 });
});
