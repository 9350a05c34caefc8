// mqtt.js, the usual MQTT client in JavaScript, with both versions of the protocol against the local service:
// `node mqtt.js --emulator PROGRAM`. Each check has clients and topics of its own. Says `N passed, N failed` at last, and
// exits with 0 if nothing failed.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";
import { WebSocket } from "ws";
import { endpointIn, keyIn, signed } from "../../conformance/jwt.js";
import { serving } from "../../programs.js";

const { values } = parseArgs({ options: { emulator: { type: "string" }, only: { type: "string" } } });

/** The hub whose clients are let in by their tokens, and the one whose event handler decides. */
const HUB = "open";
const GATED_HUB = "gated";
const ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const VERSIONS = [4, 5];
const PATIENCE_MS = 20_000;

const within = async (what, promise) => {
  const late = new AbortController();
  const timeout = sleep(PATIENCE_MS, undefined, late).then(() => {
    throw new Error(`waited in vain: ${what}`);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    late.abort();
    timeout.catch(() => {});
  }
};

/** An event handler that keeps what it was sent, and answers with what a test has set. */
const startHandler = async () => {
  const events = [];
  const waiting = [];
  const answers = {};
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "OPTIONS")
      return void response.writeHead(200, { "WebHook-Allowed-Origin": "*" }).end();
    const event = {
      type: request.headers["ce-type"].replace("azure.webpubsub.", ""),
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    events.push(event);
    waiting.splice(0).forEach((wake) => wake());
    const {
      status = 204,
      headers = {},
      body = "",
    } = answers[event.headers["ce-connectionid"]]?.(event) ?? {};
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/{hub}/{event}`,
    answers,
    /** The event of a client. */
    event: async (connectionId, type) => {
      const matches = ({ type: got, headers }) => got === type && headers["ce-connectionid"] === connectionId;
      for (;;) {
        const found = events.find(matches);
        if (found) return found;
        await within(`${type} of ${connectionId}`, new Promise((wake) => waiting.push(wake)));
      }
    },
    types: (connectionId) =>
      events.filter(({ headers }) => headers["ce-connectionid"] === connectionId).map(({ type }) => type),
    stop: () => server.close(),
  };
};

/** What the checks work with. */
const makeStage = (connectionString, handler) => {
  const endpoint = endpointIn(connectionString);
  const key = keyIn(connectionString);
  const clients = [];
  let ids = 0;

  const url = async (hub, claims, path) => {
    const audience = `${endpoint}/${path}/${hub}`;
    const token = await signed({ aud: audience, exp: Math.floor(Date.now() / 1000) + 600, ...claims }, key);
    return `${audience.replace("http", "ws")}?access_token=${token}`;
  };

  const make = async ({ hub = HUB, claims = { role: ROLES }, ...options }) => {
    const clientId = options.clientId ?? `client${++ids}`;
    const target = await url(hub, claims, "clients/mqtt/hubs");
    const client = mqtt.connect(target, { clientId, reconnectPeriod: 0, ...options, clientId });
    clients.push(client);
    const messages = [];
    const waiting = [];
    client.on("message", (topic, payload, packet) => {
      messages.push({ topic, payload: payload.toString(), packet });
      waiting.splice(0).forEach((wake) => wake());
    });
    client.on("error", () => {});
    return {
      client,
      clientId,
      messages,
      next: async (count) => {
        while (messages.length < count) {
          const got = () => JSON.stringify(messages.map(({ payload }) => payload));
          await within(`message ${count}, got ${got()}`, new Promise((wake) => waiting.push(wake)));
        }
        return messages[count - 1];
      },
      closed: () => within("the close", once(client, "close")),
    };
  };

  return {
    handler,
    clients,
    /** A client that is connected, with its CONNACK packet. */
    connect: async (options = {}) => {
      const made = await make(options);
      const [connack] = await within("CONNACK", once(made.client, "connect"));
      return { ...made, connack };
    },
    /** Why a client was not let in. */
    refused: async (options) => {
      const { client } = await make(options);
      const [error] = await within(
        "the refusal",
        new Promise((resolve) => client.on("error", (e) => resolve([e]))),
      );
      client.end(true);
      return { code: error.code, packet: error.packet };
    },
    /** A WebSocket client of the JSON protocol. */
    json: async (claims = { role: ROLES }) => {
      const socket = new WebSocket(await url(HUB, claims, "client/hubs"), "json.webpubsub.azure.v1");
      const frames = [];
      const waiting = [];
      socket.on("message", (data) => {
        frames.push(JSON.parse(data));
        waiting.splice(0).forEach((wake) => wake());
      });
      await within("the JSON client", once(socket, "open"));
      clients.push({ end: () => socket.close() });
      let ack = 0;
      const frame = async (matches) => {
        for (;;) {
          const found = frames.find(matches);
          if (found) return frames.splice(frames.indexOf(found), 1)[0];
          await within("a frame", new Promise((wake) => waiting.push(wake)));
        }
      };
      return {
        ask: async (request) => {
          const ackId = ++ack;
          socket.send(JSON.stringify({ ...request, ackId }));
          const answer = await frame(({ type, ackId: id }) => type === "ack" && id === ackId);
          assert.ok(answer.success, JSON.stringify(answer));
        },
        message: () => frame(({ type }) => type === "message"),
      };
    },
    /** A REST call. */
    call: async (method, path, body, contentType = "text/plain") => {
      const target = `${endpoint}/api/hubs/${HUB}/${path}`;
      const [aud] = target.split("?");
      const token = await signed({ aud, exp: Math.floor(Date.now() / 1000) + 60 }, key);
      const separator = path.includes("?") ? "&" : "?";
      const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": contentType }) };
      const response = await fetch(`${target}${separator}api-version=2024-12-01`, { method, headers, body });
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
    },
  };
};

const text = (message) => ({ topic: message.topic, payload: message.payload, qos: message.packet.qos });

/** The code that a subscription gets. */
const grantedTo = (client, filter) =>
  client.subscribeAsync(filter, { qos: 1 }).then(
    ([{ qos }]) => qos,
    (error) => error.packet?.granted[0] ?? error.message,
  );

const CHECKS = {
  "messages between clients, in every quality of service": async ({ connect }, version) => {
    const topic = `room/${version}`;
    const receiver = await connect({ protocolVersion: version });
    const sender = await connect({ protocolVersion: version });
    const granted = await receiver.client.subscribeAsync(topic, { qos: 2 });
    assert.deepEqual(
      granted.map(({ qos }) => qos),
      [2],
    );
    for (const qos of [0, 1, 2]) await sender.client.publishAsync(topic, `qos ${qos}`, { qos });
    await receiver.next(3);
    assert.deepEqual(receiver.messages.map(text), [
      { topic, payload: "qos 0", qos: 0 },
      { topic, payload: "qos 1", qos: 1 },
      { topic, payload: "qos 2", qos: 2 },
    ]);
    await receiver.client.unsubscribeAsync(topic);
    await sender.client.publishAsync(topic, "missed", { qos: 1 });
    await receiver.client.subscribeAsync(topic, { qos: 0 });
    await sender.client.publishAsync(topic, "downgraded", { qos: 2 });
    assert.deepEqual(text(await receiver.next(4)), { topic, payload: "downgraded", qos: 0 });
  },

  "many messages, in their order": async ({ connect }, version) => {
    const topic = `many/${version}`;
    const receiver = await connect({ protocolVersion: version });
    const sender = await connect({ protocolVersion: version });
    await receiver.client.subscribeAsync(topic, { qos: 1 });
    const numbers = Array.from({ length: 2000 }, (_, number) => String(number));
    for (let at = 0; at < numbers.length; at += 100) {
      const part = numbers.slice(at, at + 100);
      await Promise.all(part.map((number) => sender.client.publishAsync(topic, number, { qos: 1 })));
    }
    await receiver.next(numbers.length);
    assert.deepEqual(
      receiver.messages.map(({ payload }) => payload),
      numbers,
    );
  },

  "JSON clients and the REST API": async ({ connect, json, call }, version) => {
    const group = `mixed${version}`;
    const { client, clientId, messages, next } = await connect({ protocolVersion: version });
    const other = await json();
    await other.ask({ type: "joinGroup", group });
    await client.subscribeAsync(group, { qos: 1 });
    await other.ask({ type: "sendToGroup", group, dataType: "json", data: { a: 1 } });
    await next(1);
    await call("POST", `groups/${group}/:send`, "from the server");
    await call("POST", `connections/${clientId}/:send`, "to you");
    await next(3);
    const types = ["application/json", "text/plain", "text/plain"];
    assert.deepEqual(
      messages.map(({ topic, payload, packet }) => [
        topic,
        payload,
        packet.qos,
        packet.properties?.contentType,
      ]),
      [
        [group, '{"a":1}', 1],
        [group, "from the server", 1],
        ["$webpubsub/server/messages", "to you", 1],
      ].map((message, at) => [...message, version === 5 ? types[at] : undefined]),
    );
    await other.message();
    await other.message();
    await client.publishAsync(group, '{"b":2}', {
      qos: 1,
      ...(version === 5 && { properties: { contentType: "application/json", userProperties: { x: "y" } } }),
    });
    const { dataType, data } = await other.message();
    const expected =
      version === 5 ? ["json", { b: 2 }] : ["binary", Buffer.from('{"b":2}').toString("base64")];
    assert.deepEqual([dataType, data], expected);
    await call("DELETE", `groups/${group}/connections/${clientId}`);
    await call("PUT", `groups/rest${version}/connections/${clientId}`);
    await call("POST", `groups/${group}/:send`, "not any more");
    await call("POST", `groups/rest${version}/:send`, "subscribed by others");
    assert.deepEqual(text(await next(5)), {
      topic: `rest${version}`,
      payload: "subscribed by others",
      qos: 0,
    });
  },

  "what the token does not allow": async ({ connect }, version) => {
    const { client, closed } = await connect({ protocolVersion: version, claims: {} });
    const code = version === 5 ? 135 : 128;
    assert.equal(await grantedTo(client, "denied"), code);
    const closing = closed();
    const outcome = client.publishAsync("denied", "x", { qos: 1 }).then(
      () => "published",
      (error) => error.code,
    );
    if (version === 5) {
      assert.equal(await within("PUBACK", outcome), 135);
      client.end();
    }
    await closing;
  },

  "a session that is resumed": async ({ connect }, version) => {
    const topic = `kept/${version}`;
    const options = {
      clientId: `kept${version}`,
      protocolVersion: version,
      clean: false,
      ...(version === 5 && { properties: { sessionExpiryInterval: 30 } }),
    };
    const first = await connect(options);
    assert.equal(first.connack.sessionPresent, false);
    await first.client.subscribeAsync(topic, { qos: 1 });
    const closed = first.closed();
    first.client.stream.destroy();
    await closed;
    const sender = await connect({ protocolVersion: version });
    await sender.client.publishAsync(topic, "meanwhile", { qos: 1 });
    const second = await connect(options);
    assert.equal(second.connack.sessionPresent, true);
    assert.deepEqual(text(await second.next(1)), { topic, payload: "meanwhile", qos: 1 });
    second.client.end();
    const third = await connect({ ...options, clean: true });
    assert.equal(third.connack.sessionPresent, false);
    await sender.client.publishAsync(topic, "to nobody", { qos: 1 });
    await third.client.subscribeAsync(topic, { qos: 1 });
    await sender.client.publishAsync(topic, "again", { qos: 1 });
    assert.equal((await third.next(1)).payload, "again");
  },

  "automatic reconnection": async ({ connect }, version) => {
    const topic = `back/${version}`;
    const receiver = await connect({ protocolVersion: version, reconnectPeriod: 10 });
    await receiver.client.subscribeAsync(topic, { qos: 1 });
    const back = within("the client's return", once(receiver.client, "connect"));
    receiver.client.stream.destroy();
    await back;
    const sender = await connect({ protocolVersion: version });
    while (receiver.messages.length === 0) {
      await sender.client.publishAsync(topic, "hello", { qos: 1 });
      await sleep(20);
    }
  },

  "a will": async ({ connect }, version) => {
    const topic = `last/${version}`;
    const receiver = await connect({ protocolVersion: version });
    await receiver.client.subscribeAsync(topic, { qos: 1 });
    const will = { topic, payload: Buffer.from("gone"), qos: 1, retain: false };
    const polite = await connect({
      protocolVersion: version,
      will: { ...will, payload: Buffer.from("never") },
    });
    await polite.client.endAsync();
    const rude = await connect({ protocolVersion: version, will });
    rude.client.stream.destroy();
    assert.deepEqual(text(await receiver.next(1)), { topic, payload: "gone", qos: 1 });
  },

  "events and their answers": async ({ connect, handler }, version) => {
    const clientId = `asker${version}`;
    handler.answers[clientId] = ({ type }) =>
      ({
        "sys.connect": {
          status: 200,
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            userId: "ann",
            roles: ROLES,
            mqtt: { userProperties: [{ name: "a", value: "b" }] },
          }),
        },
        "user.echo": {
          status: 200,
          headers: { "Content-Type": "text/plain", "mqtt-left": "right" },
          body: "hello",
        },
        "user.fail": { status: 400, body: "no" },
      })[type];
    const user = { username: "u", password: "secret" };
    const { client, connack, messages, next } = await connect({
      ...user,
      hub: GATED_HUB,
      clientId,
      protocolVersion: version,
    });
    if (version === 5) assert.deepEqual({ ...connack.properties.userProperties }, { a: "b" });
    const connectEvent = await handler.event(clientId, "sys.connect");
    const { mqtt: told, subprotocols } = JSON.parse(connectEvent.body);
    assert.deepEqual(told, {
      protocolVersion: version,
      cleanStart: true,
      username: "u",
      password: Buffer.from("secret").toString("base64"),
      userProperties: version === 5 ? [] : null,
    });
    assert.deepEqual(subprotocols, ["mqtt"]);
    await handler.event(clientId, "sys.connected");
    const properties = {
      contentType: "text/plain",
      correlationData: Buffer.from("7"),
      userProperties: { up: "down" },
    };
    const options = { qos: 1, ...(version === 5 && { properties }) };
    await client.publishAsync("$webpubsub/server/events/echo", "hi", options);
    await client.publishAsync("$webpubsub/server/events/fail", "hi", options);
    await next(2);
    assert.deepEqual(messages.map(text), [
      { topic: "$webpubsub/server/events/echo/succeeded", payload: "hello", qos: 1 },
      { topic: "$webpubsub/server/events/fail/failed", payload: "no", qos: 1 },
    ]);
    const { headers, body } = await handler.event(clientId, "user.echo");
    assert.equal(body.toString(), "hi");
    assert.equal(headers["content-type"], version === 5 ? "text/plain" : "application/octet-stream");
    assert.equal(headers["mqtt-up"], version === 5 ? "down" : undefined);
    assert.equal(headers["ce-userid"], "ann");
    if (version === 5) {
      const [echoed, failed] = messages.map(({ packet }) => packet.properties);
      assert.deepEqual({ ...echoed.userProperties }, { left: "right", "azure-status-code": "200" });
      assert.deepEqual([echoed.contentType, String(echoed.correlationData)], ["text/plain", "7"]);
      assert.equal(failed.userProperties["azure-status-code"], "400");
    }
    await client.endAsync();
    const { body: ended } = await handler.event(clientId, "sys.disconnected");
    assert.deepEqual(JSON.parse(ended).mqtt, {
      initiatedByClient: true,
      disconnectPacket: { code: 0, userProperties: version === 5 ? [] : null },
    });
    assert.deepEqual(handler.types(clientId), [
      "sys.connect",
      "sys.connected",
      "user.echo",
      "user.fail",
      "sys.disconnected",
    ]);
  },

  "refusals by the event handler": async ({ refused, handler }, version) => {
    const clientId = `barred${version}`;
    const code = version === 5 ? 138 : 5;
    handler.answers[clientId] = () => ({
      status: 401,
      body: JSON.stringify({ mqtt: { code, reason: "banned", userProperties: [{ name: "a", value: "b" }] } }),
    });
    const refusal = await refused({ hub: GATED_HUB, clientId, protocolVersion: version });
    assert.equal(refusal.code, code);
    handler.answers[clientId] = () => ({ status: 400 });
    const plain = await refused({ hub: GATED_HUB, clientId, protocolVersion: version });
    assert.equal(plain.code, version === 5 ? 134 : 4);
    assert.deepEqual(handler.types(clientId), ["sys.connect", "sys.connect"]);
  },

  "client ids that the service does not take": async ({ refused }, version) => {
    const { code } = await refused({ clientId: "has_underscore", protocolVersion: version });
    assert.equal(code, version === 5 ? 133 : 2);
  },

  "a close by the REST API": async ({ connect, call }, version) => {
    const { client, clientId, closed } = await connect({ protocolVersion: version });
    const disconnect = new Promise((resolve) => client.on("disconnect", resolve));
    const closing = closed();
    await call("DELETE", `connections/${clientId}?reason=enough`);
    await closing;
    if (version === 5) {
      const { reasonCode, properties } = await within("DISCONNECT", disconnect);
      assert.deepEqual([reasonCode, properties.reasonString], [152, "enough"]);
    }
  },

  "properties of MQTT 5": async ({ connect, refused }, version) => {
    if (version !== 5) return;
    const topic = "properties";
    const receiver = await connect({ protocolVersion: 5, keepalive: 0 });
    assert.equal(receiver.connack.properties.serverKeepAlive, 180);
    assert.equal(receiver.connack.properties.retainAvailable, false);
    await receiver.client.subscribeAsync(topic, {
      qos: 1,
      nl: true,
      properties: { subscriptionIdentifier: 7 },
    });
    await receiver.client.publishAsync(topic, "mine", { qos: 1 });
    const sender = await connect({ protocolVersion: 5 });
    const properties = {
      payloadFormatIndicator: true,
      messageExpiryInterval: 60,
      responseTopic: "reply",
      correlationData: Buffer.from("c"),
      userProperties: { a: ["1", "2"] },
      contentType: "text/x-own",
    };
    await sender.client.publishAsync(topic, "theirs", { qos: 1, properties });
    const { payload, packet } = await receiver.next(1);
    assert.equal(payload, "theirs");
    const got = { ...packet.properties, userProperties: { ...packet.properties.userProperties } };
    assert.ok(
      got.messageExpiryInterval >= 50 && got.messageExpiryInterval <= 60,
      String(got.messageExpiryInterval),
    );
    assert.deepEqual(got, {
      ...properties,
      messageExpiryInterval: got.messageExpiryInterval,
      subscriptionIdentifier: 7,
    });
    for (const [filter, code] of [
      ["a/+", 162],
      ["a/#", 162],
      ["$share/x/a", 158],
    ]) {
      assert.equal(await grantedTo(receiver.client, filter), code, filter);
    }
    const will = { topic, payload: Buffer.from("x"), qos: 0, retain: true };
    assert.equal((await refused({ protocolVersion: 5, will })).code, 154);
  },
};

const handler = await startHandler();
let passed = 0;
let failed = 0;
const args = ["--port", "0", "--event-handler", `${GATED_HUB}=${handler.url}`];
const connectionStringIn = (stdout) => stdout.match(/^Endpoint=.*$/m)?.[0];
await serving(values.emulator, args, {}, connectionStringIn, async (connectionString) => {
  for (const [name, check] of Object.entries(CHECKS)) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    for (const version of VERSIONS) {
      const stage = makeStage(connectionString, handler);
      try {
        await check(stage, version);
        passed++;
      } catch (error) {
        failed++;
        console.log(`FAILED  ${name}, version ${version}\n${error.stack.replace(/^/gm, "        ")}`);
      }
      for (const client of stage.clients) client.end(true);
    }
  }
});
handler.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
