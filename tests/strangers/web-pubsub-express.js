// Event handlers of the official middleware for Express. See run.js.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { WebPubSubClient } from "@azure/web-pubsub-client";
import { WebPubSubEventHandler } from "@azure/web-pubsub-express";
import express from "express";
import { endpointIn, keyIn } from "../conformance/jwt.js";
import { Client, startService, until } from "./client.js";

const JSON_PROTOCOL = "json.webpubsub.azure.v1";
const ADA = "ada.l+test@contoso.com";
const STATE = { n: 1, é: ["x", { y: null }] };

const requests = [];
const app = express();
app.use((request, _response, next) => {
  requests.push(`${request.method} ${request.url}`);
  next();
});
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const handlers = `http://127.0.0.1:${server.address().port}/api/webpubsub/hubs/{hub}/`;
const connectionString = await startService(
  "--event-handler",
  `*=${handlers}`,
  // Errors of a server are retried once.
  "--event-retry-delays-in-ms=1",
);
const endpoint = endpointIn(connectionString);

/** The events of each connection, in their order. */
const events = new Map();
const seen = (id) => events.get(id) ?? [];
const record = ({ context, ...event }, name = context.eventName) => {
  const { connectionId, signature, hub, origin, userId, states } = context;
  const hmac = createHmac("sha256", keyIn(connectionString)).update(connectionId).digest("hex");
  assert.deepEqual([signature, origin], [`sha256=${hmac}`, new URL(endpoint).host]);
  assert.equal(hub, "strangers");
  events.set(connectionId, [...seen(connectionId), { name, userId, states: { ...states }, ...event }]);
};

/** What clients ask for in their URL, for the handler to decide. */
const CONNECT = {
  plain: (response) => response.success(),
  state: (response) => {
    for (const [name, value] of Object.entries(STATE)) response.setState(name, value);
    response.success();
  },
  everything: (response) =>
    response.success({
      userId: "o'brien@contoso.com",
      groups: ["news"],
      roles: ["webpubsub.sendToGroup.news"],
      subprotocol: JSON_PROTOCOL,
    }),
  own: (response) => response.success({ subprotocol: "own" }),
  unoffered: (response) => response.success({ subprotocol: "other" }),
  fail: (response, code) => response.fail(code, "not today"),
  failWith: (response, code) => response.failWith({ code, detail: "not today" }),
};

/** What clients ask for by the name of a user event. */
const USER = {
  message: (request, response) => response.success(request.data, request.dataType),
  echo: (request, response) => {
    const { data, dataType } = request;
    response.success(dataType === "json" ? JSON.stringify(data) : data, dataType);
  },
  count: (request, response) => {
    response.setState("n", request.context.states.n + 1);
    response.success();
  },
  fail: (request, response) => {
    response.setState("n", -1);
    response.fail(request.data, "not today");
  },
  silent: (_request, response) => response.success(),
};

const strangers = new WebPubSubEventHandler("strangers", {
  allowedEndpoints: ["https://elsewhere.example", endpoint],
  handleConnect: (request, response) => {
    const { claims, query, queries, headers, subprotocols, clientCertificates } = request;
    assert.deepEqual(queries, query);
    record({ context: request.context, claims, query, headers, subprotocols, clientCertificates });
    CONNECT[query.mode?.[0] ?? "plain"](response, Number(query.code?.[0]));
  },
  handleUserEvent: (request, response) => {
    const { context, dataType, data } = request;
    record({ context, dataType, data: dataType === "binary" ? [...new Uint8Array(data)] : data });
    USER[context.eventName](request, response);
  },
  onConnected: (request) => record(request),
  onDisconnected: (request) => record(request),
  onGroupJoined: (request) => record(request),
  onGroupLeft: (request) => record(request),
});
app.use(strangers.getMiddleware());
app.use(new WebPubSubEventHandler("silent").getMiddleware());
app.use(
  new WebPubSubEventHandler("guarded", { allowedEndpoints: ["https://elsewhere.example"] }).getMiddleware(),
);

const service = new WebPubSubServiceClient(connectionString, "strangers", { allowInsecureConnection: true });

const open = async ({ hub = "strangers", query = "", userId, roles, ...options } = {}) => {
  const other = new WebPubSubServiceClient(connectionString, hub);
  const { url } = await other.getClientAccessToken({ userId, roles });
  return Client.open(`${url}${query}`, options);
};

/** The newest connection that a handler saw. */
const newest = () => [...events.keys()].at(-1);

const event = (name, dataType, data) => ({ type: "event", event: name, dataType, data });

const sees = async (id, ...names) => {
  await until(
    () => `${names}: ${JSON.stringify(seen(id))}`,
    () => seen(id).length >= names.length,
  );
  assert.deepEqual(
    seen(id).map(({ name }) => name),
    names,
  );
};

const checks = {
  async "a hub is validated once, and refused where the handler does not allow the origin"() {
    for (let n = 0; n < 2; n++) await (await open()).close();
    for (const hub of ["guarded", "unknown"]) await assert.rejects(open({ hub }), { status: 500 });
    const validations = requests.filter((request) => !request.startsWith("POST"));
    assert.deepEqual(validations, [
      "OPTIONS /api/webpubsub/hubs/strangers/",
      "OPTIONS /api/webpubsub/hubs/guarded/",
      "OPTIONS /api/webpubsub/hubs/unknown/",
      "GET /api/webpubsub/hubs/unknown/",
    ]);
  },

  async "a handler without functions accepts everything"() {
    const client = await open({ hub: "silent", userId: ADA });
    assert.equal(client.userId, ADA);
    assert.equal((await client.ask(event("e", "json", 1))).success, true);
    await client.close();
  },

  async "the connect event has what the client sent"() {
    const subprotocol = ["own", JSON_PROTOCOL];
    const headers = { "X-Mine": "é" };
    const roles = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
    const query = "&a=1&a=%C3%A9%20%26";
    const client = await open({ userId: ADA, roles, subprotocol, headers, query });
    assert.deepEqual([client.subprotocol, client.userId], [JSON_PROTOCOL, ADA]);
    const [connect] = seen(client.id);
    assert.deepEqual(connect.states, {});
    assert.equal(connect.userId, ADA);
    assert.deepEqual(connect.claims.sub, [ADA]);
    assert.deepEqual(connect.claims.role, roles);
    assert.deepEqual(connect.query.a, ["1", "é &"]);
    assert.deepEqual(connect.subprotocols, subprotocol);
    assert.deepEqual(connect.clientCertificates, []);
    assert.ok("x-mine" in connect.headers);
    await client.close();
    await sees(client.id, "connect", "connected", "disconnected");
  },

  async "the handler's response decides about user, groups, roles and subprotocol"() {
    const subprotocol = ["own", JSON_PROTOCOL];
    const client = await open({ userId: ADA, query: "&mode=everything", subprotocol });
    assert.deepEqual([client.subprotocol, client.userId], [JSON_PROTOCOL, "o'brien@contoso.com"]);
    assert.equal(await service.userExists("o'brien@contoso.com"), true);
    const send = (group) => ({ type: "sendToGroup", group, noEcho: true, dataType: "text", data: "" });
    assert.equal((await client.ask(send("news"))).success, true);
    assert.equal((await client.ask(send("other"))).error.name, "Forbidden");
    await service.group("news").sendToAll({ to: "news" });
    await client.gets("json", { to: "news" }, "news");
    await client.close();

    const own = await open({ query: "&mode=own", subprotocol });
    assert.equal(own.subprotocol, "own");
    await own.close();
    await assert.rejects(open({ query: "&mode=unoffered", subprotocol }), { status: 500 });
    // The handler had accepted this client.
    await sees(newest(), "connect", "disconnected");
  },

  async "a client is refused with the status of the handler"() {
    for (const mode of ["fail", "failWith"]) {
      for (const status of [400, 401, 500]) {
        await assert.rejects(open({ query: `&mode=${mode}&code=${status}` }), { status });
        await sees(newest(), ...Array(status === 500 ? 2 : 1).fill("connect"));
      }
    }
  },

  async "user events of every data type, and their replies"() {
    const client = await open({ userId: ADA });
    for (const [dataType, data, received = data] of [
      ["text", "é"],
      ["json", { a: [1, null, "é"] }],
      ["binary", "AP8=", [0, 255]],
    ]) {
      client.send(event("echo", dataType, data));
      await client.gets(dataType, data);
      // The notice of the connection may come at any time.
      const last = seen(client.id).findLast(({ name }) => name === "echo");
      assert.deepEqual([last.userId, last.dataType, last.data], [ADA, dataType, received]);
    }
    assert.equal((await client.ask(event("silent", "text", ""))).success, true);
    // The middleware knows no protobuf and leaves the request to Express, which responds with 404.
    assert.equal((await client.ask(event("echo", "protobuf", "CAE="))).success, false);
    assert.equal((await client.ask(event("silent", "text", ""))).success, true);
    await client.close();
  },

  async "an invocation of the official client gets the reply of the handler"() {
    const { url } = await service.getClientAccessToken({ userId: ADA });
    const client = new WebPubSubClient(url);
    await client.start();
    const ask = async (name, content, dataType) => {
      const result = await client.invokeEvent(name, content, dataType);
      return [result.dataType, result.data];
    };
    assert.deepEqual(await ask("echo", { n: 1 }, "json"), ["json", { n: 1 }]);
    assert.deepEqual(await ask("echo", "é", "text"), ["text", "é"]);
    const [dataType, data] = await ask("echo", new Uint8Array([0, 255]).buffer, "binary");
    assert.deepEqual([dataType, [...new Uint8Array(data)]], ["binary", [0, 255]]);
    await assert.rejects(client.invokeEvent("fail", 400, "json"), (error) => {
      assert.deepEqual([error.name, error.errorDetail.name], ["InvocationError", "InvocationFailed"]);
      return true;
    });
    client.stop();
  },

  async "clients without subprotocol"() {
    const client = await open({ subprotocol: null, userId: ADA });
    await sees(newest(), "connect", "connected");
    client.send("é");
    assert.deepEqual(await client.next(), { text: "é" });
    client.send(Buffer.from([0, 255]));
    assert.deepEqual(await client.next(), { binary: [0, 255] });
    await client.close();
    await sees(newest(), "connect", "connected", "message", "message", "disconnected");
  },

  async "the acknowledgement of an event says that its handler failed"() {
    const client = await open();
    for (const status of [400, 401, 500]) {
      const ack = await client.ask(event("fail", "json", status));
      assert.deepEqual([ack.success, ack.error.name], [false, "InternalServerError"]);
    }
    assert.equal((await client.ask(event("silent", "json", 1))).success, true);
    await client.close();
  },

  async "state goes from event to event"() {
    const client = await open({ query: "&mode=state" });
    await sees(client.id, "connect", "connected");
    assert.equal((await client.ask(event("count", "json", 0))).success, true);
    assert.equal((await client.ask(event("silent", "json", 0))).success, true);
    assert.equal((await client.ask(event("count", "json", 0))).success, true);
    await client.ask(event("fail", "json", 400));
    await service.closeConnection(client.id, { reason: "the end" });
    await client.isClosed("the end");
    await sees(client.id, "connect", "connected", "count", "silent", "count", "fail", "disconnected");
    const [connect, ...others] = seen(client.id);
    assert.deepEqual(connect.states, {});
    assert.deepEqual(
      others.map(({ states }) => states),
      [1, 1, 2, 2, 3, 3].map((n) => ({ ...STATE, n })),
    );
    assert.equal(others.at(-1).reason, "the end");
  },

  async "groups that are joined and left"() {
    const client = await open({ roles: ["webpubsub.joinLeaveGroup"] });
    await client.ask({ type: "joinGroup", group: "room é" });
    await client.ask({ type: "leaveGroup", group: "room é" });
    await service.group("other").addConnection(client.id);
    await service.removeConnectionFromAllGroups(client.id);
    await client.close();
    await sees(client.id, "connect", "connected", "joined", "left", "joined", "left", "disconnected");
    const groups = seen(client.id).flatMap(({ group }) => group ?? []);
    assert.deepEqual(groups, ["room é", "room é", "other", "other"]);
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
  } catch (error) {
    throw new Error(`${name}: ${error.stack}`, { cause: error });
  }
}
console.log(`${Object.keys(checks).length} checks`);
process.exit(0);
