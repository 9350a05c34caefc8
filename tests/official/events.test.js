// The official handler of events, @azure/web-pubsub-express, beside ours: the same handlers, the same requests over
// HTTP. Answers are the same to the service, except where a case says why not.
import assert from "node:assert/strict";
import http from "node:http";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import * as official from "@azure/web-pubsub-express";
import * as ours from "webpubsub-edge";
import { MQTT, ORIGIN, PRIMARY, base64, eventHeaders } from "../conformance/webhooks.js";

/** What both are given: every way to answer, chosen by the event itself. */
const handlers = {
  handleConnect(req, res) {
    const answers = {
      all: () => res.success({ groups: ["g"], roles: ["r"], userId: "u", subprotocol: req.subprotocols[0] }),
      echo: () => res.success({ userId: JSON.stringify([req.claims, req.headers, req.clientCertificates]) }),
      nothing: () => res.success(),
      state: () => (res.setState("k", "ü"), res.success({ userId: "u" })),
      fail: () => res.fail(401, "no"),
      fail400: () => res.fail(400, "no"),
      fail500: () => res.fail(500),
      failWith: () => res.failWith({ code: 400, detail: "bad" }),
      packet: () =>
        res.failWith({ mqtt: { code: 135, reason: "r", userProperties: [{ name: "a", value: "b" }] } }),
      properties: () => res.success({ mqtt: { userProperties: [{ name: "a", value: "b" }] } }),
      throws: () => {
        throw new Error("insides");
      },
      later: () => setTimeout(() => res.success({ userId: "later" }), 5),
    };
    answers[req.queries.answer[0]]();
  },
  handleUserEvent(req, res) {
    const { eventName, states, userId, connectionId, hub } = req.context;
    const answers = {
      state: () => (res.setState("n", (states.n ?? 0) + 1), res.success("x", "text")),
      context: () => res.success(JSON.stringify([userId, connectionId, hub, states]), "json"),
      nothing: () => res.success(),
      fail: () => res.fail(400, "bad"),
      untyped: () => res.success("bytes"),
      echo: () => res.success(req.dataType === "json" ? JSON.stringify(req.data) : req.data, req.dataType),
    };
    answers[eventName]();
  },
  onConnected() {},
  onDisconnected() {},
  onGroupJoined() {},
  onGroupLeft() {},
};

const serve = async (middleware) => {
  const server = http.createServer((req, res) => {
    // What Express adds to a request.
    Object.assign(req, { originalUrl: req.url, baseUrl: "", path: req.url.split("?")[0] });
    const next = (error) => {
      res.statusCode = error ? 500 : 404;
      res.end(error ? "error" : "next");
    };
    middleware(req, res, next);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

const send = (server, { method = "POST", headers, body }) =>
  new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port: server.address().port, path: "/api/webpubsub/hubs/chat/" };
    const request = http.request({ ...target, method, headers }, async (response) => {
      resolve(meaning(response.statusCode, response.headers, await text(response)));
    });
    request.on("error", reject);
    request.end(body);
  });

/** An answer as the service understands it: members of JSON have no order, and an empty 2xx is just that. */
const meaning = (status, headers, body) => {
  const type = headers["content-type"]?.startsWith("application/json") ? "json" : headers["content-type"];
  return {
    status: status < 300 && body === "" ? 204 : status,
    // The service reads the type of replies only.
    type: status < 300 && body !== "" ? type : undefined,
    body: type === "json" ? JSON.parse(body) : body,
    state: headers["ce-connectionstate"],
    allowed: headers["webhook-allowed-origin"],
  };
};

const event = (type, body = {}, headers = {}) => ({
  headers: eventHeaders(type, headers),
  body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
});

const connect = (answer, headers, members) => {
  const body = {
    claims: { sub: ["a"] },
    headers: { Host: ["x"] },
    subprotocols: ["a", "b"],
    clientCertificates: [],
  };
  return event("sys.connect", { ...body, query: { answer: [answer] }, ...members }, headers);
};

const mqtt = (answer, protocolVersion) => connect(answer, MQTT, { mqtt: { protocolVersion } });

const plain = { "Content-Type": "text/plain; charset=utf-8" };
const bytes = (type, ...values) => event("user.echo", new Uint8Array(values), { "Content-Type": type });
const handshake = { "WebHook-Request-Origin": ORIGIN, "ce-awpsversion": "1.0" };

const same = {
  "accepts with everything": connect("all"),
  "accepts with what came": connect("echo"),
  "accepts with nothing": connect("nothing"),
  "accepts with a state": connect("state"),
  "accepts later": connect("later"),
  refuses: connect("fail"),
  "refuses with 500": connect("fail500"),
  "refuses by failWith": connect("failWith"),
  "refuses a plain client with an MQTT packet": connect("packet"),
  "fails when the handler throws": { ...connect("throws"), words: false },
  "accepts an MQTT client": mqtt("all", 5),
  "accepts an MQTT client with properties": mqtt("properties", 5),
  "refuses an MQTT 3.1.1 client with 400": mqtt("fail400", 4),
  "refuses an MQTT 3.1.1 client with 401": mqtt("fail", 4),
  "refuses an MQTT 3.1.1 client with 500": mqtt("fail500", 4),
  "refuses an MQTT 5 client with 400": mqtt("fail400", 5),
  "refuses an MQTT 5 client with 401": mqtt("fail", 5),
  "refuses an MQTT 5 client with 500": mqtt("fail500", 5),
  "refuses an MQTT client of another version": mqtt("fail", 3),
  "refuses an MQTT client by failWith": mqtt("failWith", 5),
  "refuses an MQTT client with a packet": mqtt("packet", 5),
  "takes connected": event("sys.connected"),
  "takes disconnected": event("sys.disconnected", { reason: "gone" }),
  "takes joined": event("gp.joined", { group: "g" }),
  "takes left": event("gp.left", { group: "g" }),
  "echoes JSON": event("user.echo", { a: ["ü"] }),
  "echoes text": event("user.echo", "hä", plain),
  "echoes bytes": bytes("application/octet-stream", 0, 255, 128),
  "gives the context": event(
    "user.context",
    {},
    { "ce-userId": "u", "ce-connectionState": base64({ a: 1 }) },
  ),
  "replies with nothing": event("user.nothing"),
  "replies with a string of no type": event("user.untyped"),
  "refuses a user event": event("user.fail"),
  "changes a state": event("user.state", {}, { "ce-connectionState": base64({ n: 1, z: "日" }) }),
  "begins a state": event("user.state"),
  "takes its hub in any letter case": event("user.echo", {}, { "ce-hub": "CHAT" }),
  "passes by events of other hubs": event("user.echo", {}, { "ce-hub": "another" }),
  "passes by events of others": event("x", {}, { "ce-type": "com.example.happened" }),
  "passes by other methods": { method: "PUT", headers: eventHeaders("user.echo") },
  "passes by requests of others": {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  },
  "answers the handshake": { method: "OPTIONS", headers: handshake },
  "misses the origin of a handshake": {
    method: "OPTIONS",
    headers: { "ce-awpsversion": "1.0" },
    words: false,
  },
};

/** Where the answers differ: why, what the official one gives, what ours does. */
const different = [
  [
    "a signature that does not fit is refused: the official one never looks",
    200,
    401,
    event("user.echo", {}, { "ce-signature": `sha256=${"0".repeat(64)}` }),
  ],
  [
    "a missing signature is refused, likewise",
    200,
    401,
    event("user.echo", {}, { "ce-signature": undefined }),
  ],
  [
    "a protobuf message is an event as well, its bytes as they are",
    404,
    200,
    bytes("application/x-protobuf", 1),
  ],
  ["an MQTT client may name any media type", 404, 200, bytes("image/png", 1)],
  [
    "a state that cannot be read is refused, or it would be overwritten",
    200,
    400,
    event("user.state", {}, { "ce-connectionState": "~~" }),
  ],
  [
    "a body that is not JSON is the sender's fault: a 500 would be repeated",
    500,
    400,
    event("user.echo", "{"),
  ],
  ["kinds that are not known are taken: they are the service's", 404, 204, event("sys.future")],
  [
    "an event without its version is told what it lacks",
    404,
    400,
    event("user.echo", {}, { "ce-awpsversion": undefined }),
  ],
  [
    "an event without its type is told what it lacks",
    404,
    400,
    event("user.echo", {}, { "ce-type": undefined }),
  ],
  [
    "an event without its origin is told what it lacks",
    404,
    400,
    event("user.echo", {}, { "WebHook-Request-Origin": undefined }),
  ],
  ["the service falls back to GET", 404, 204, { method: "GET", headers: handshake }],
  [
    "the documented handshake has no version",
    404,
    204,
    { method: "OPTIONS", headers: { "WebHook-Request-Origin": ORIGIN } },
  ],
];

let servers;

before(async () => {
  const options = { ...handlers, accessKeys: PRIMARY, onError() {} };
  servers = {
    ours: await serve(new ours.WebPubSubEventHandler("chat", options).getMiddleware()),
    official: await serve(new official.WebPubSubEventHandler("chat", handlers).getMiddleware()),
    oursIdle: await serve(new ours.WebPubSubEventHandler("chat", { accessKeys: PRIMARY }).getMiddleware()),
    officialIdle: await serve(new official.WebPubSubEventHandler("chat").getMiddleware()),
  };
});

after(() => Object.values(servers).forEach((server) => server.close()));

for (const [name, { words = true, ...request }] of Object.entries(same)) {
  test(name, async () => {
    const [mine, theirs] = await Promise.all([send(servers.ours, request), send(servers.official, request)]);
    if (!words) mine.body = theirs.body;
    assert.deepEqual(mine, theirs);
  });
}

for (const [why, officialStatus, status, request] of different) {
  test(why, async () => {
    const [mine, theirs] = await Promise.all([send(servers.ours, request), send(servers.official, request)]);
    assert.deepEqual([theirs.status, mine.status], [officialStatus, status]);
  });
}

test("events that nobody handles are taken", async () => {
  for (const type of [
    "sys.connect",
    "sys.connected",
    "sys.disconnected",
    "gp.joined",
    "gp.left",
    "user.any",
  ]) {
    for (const headers of [{}, MQTT]) {
      const request = event(type, "not even JSON", headers);
      const [mine, theirs] = await Promise.all([
        send(servers.oursIdle, request),
        send(servers.officialIdle, request),
      ]);
      assert.deepEqual(mine, theirs);
    }
  }
});

test("the codes of MQTT have the same names and numbers", () => {
  for (const name of ["MqttV311ConnectReturnCode", "MqttV500ConnectReasonCode", "MqttDisconnectReasonCode"]) {
    assert.deepEqual({ ...ours[name] }, { ...official[name] });
  }
});

test("every code of MQTT has the same status", async () => {
  const codes = [
    ...Object.values(official.MqttV311ConnectReturnCode),
    ...Object.values(official.MqttV500ConnectReasonCode),
  ];
  for (const code of codes.filter(Number.isInteger)) {
    const handleConnect = (req, res) => res.failWith({ mqtt: { code } });
    const pair = [
      new ours.WebPubSubEventHandler("chat", { handleConnect, accessKeys: PRIMARY }),
      new official.WebPubSubEventHandler("chat", { handleConnect }),
    ];
    const answers = [];
    for (const handler of pair) {
      const server = await serve(handler.getMiddleware());
      answers.push(await send(server, mqtt("", code < 128 ? 4 : 5)));
      server.close();
    }
    assert.deepEqual(answers[0], answers[1], `code ${code}`);
  }
});

test("allowed endpoints are answered for", async () => {
  const allowedEndpoints = [`https://${ORIGIN}`];
  const mine = await serve(
    new ours.WebPubSubEventHandler("chat", { allowedEndpoints, accessKeys: PRIMARY }).getMiddleware(),
  );
  const theirs = await serve(
    new official.WebPubSubEventHandler("chat", { allowedEndpoints }).getMiddleware(),
  );
  try {
    const asked = (origin) => ({
      method: "OPTIONS",
      headers: { ...handshake, "WebHook-Request-Origin": origin },
    });
    assert.deepEqual(await send(mine, asked(ORIGIN)), await send(theirs, asked(ORIGIN)));
    // The official one leaves the comparison to the service, and does not compare for events at all.
    assert.equal((await send(theirs, asked("evil.example"))).allowed, ORIGIN);
    assert.equal((await send(mine, asked("evil.example"))).status, 403);
    const foreign = event("sys.connected", {}, { "WebHook-Request-Origin": "evil.example" });
    assert.equal((await send(theirs, foreign)).status, 204);
    assert.equal((await send(mine, foreign)).status, 403);
  } finally {
    mine.close();
    theirs.close();
  }
});
