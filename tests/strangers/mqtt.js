// mqtt.js, the usual MQTT client in JavaScript, with both versions of the protocol. See run.js. Each check has clients and
// topics of its own. Those of events need a service with an event handler, which this program starts.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";
import { startService } from "./client.js";
import { EVENT_CHECKS } from "./mqtt-events.js";
import { assertMessages, makeStage, startHandler, within } from "./mqtt-stage.js";

const { CONNECTION_STRING, FLAKY } = process.env;
const HUB = "strangers";
/** 3.1.1 and 5.0. */
const VERSIONS = [4, 5];
const MESSAGES = 400;

/** The code that a subscription gets. */
const grantedTo = (client, filter) =>
  client.subscribeAsync(filter, { qos: 1 }).then(
    ([{ qos }]) => qos,
    (error) => error.packet?.granted[0] ?? error.message,
  );

/** Options of a client whose session outlives its connection. */
const keeping = (clientId, protocolVersion) => ({
  clientId,
  protocolVersion,
  clean: false,
  ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 30 } }),
});

const CHECKS = {
  "messages between clients": async ({ connect }, protocolVersion) => {
    const topic = `room/${protocolVersion}`;
    const receiver = await connect({ protocolVersion });
    const sender = await connect({ protocolVersion });
    const [{ qos: granted }] = await receiver.client.subscribeAsync(topic, { qos: 2 });
    assert.equal(granted, 2);
    for (const qos of [0, 1, 2]) await sender.client.publishAsync(topic, `qos ${qos}`, { qos });
    await receiver.next(3);
    await receiver.client.unsubscribeAsync(topic);
    await sender.client.publishAsync(topic, "missed", { qos: 1 });
    await receiver.client.subscribeAsync(topic, { qos: 0 });
    await sender.client.publishAsync(topic, "downgraded", { qos: 2 });
    await receiver.next(4);
    assertMessages(receiver.messages, [
      { topic, payload: "qos 0", qos: 0 },
      { topic, payload: "qos 1", qos: 1 },
      { topic, payload: "qos 2", qos: 2 },
      { topic, payload: "downgraded", qos: 0 },
    ]);
  },

  "many messages, in their order": async ({ connect }, protocolVersion) => {
    const topic = `many/${protocolVersion}`;
    const receiver = await connect({ protocolVersion });
    const sender = await connect({ protocolVersion });
    await receiver.client.subscribeAsync(topic, { qos: 1 });
    const numbers = Array.from({ length: 2000 }, (_, number) => String(number));
    for (let at = 0; at < numbers.length; at += 100) {
      const part = numbers.slice(at, at + 100);
      await Promise.all(part.map((number) => sender.client.publishAsync(topic, number, { qos: 1 })));
    }
    await receiver.next(numbers.length);
    assertMessages(
      receiver.messages,
      numbers.map((payload) => ({ topic, payload, qos: 1 })),
    );
  },

  "messages from and to JSON clients and REST": async ({ connect, json, service }, protocolVersion) => {
    const isV5 = protocolVersion === 5;
    const group = `mixed${protocolVersion}`;
    const { client, clientId, messages, next } = await connect({ protocolVersion, userId: "ann" });
    const other = await json(group);
    await client.subscribeAsync(group, { qos: 1 });
    await other.client.sendToGroup(group, { a: 1 }, "json", { noEcho: true });
    await next(1);
    await service.group(group).sendToAll("from the server", { contentType: "text/plain" });
    await service.sendToConnection(clientId, "to you", { contentType: "text/plain" });
    await next(3);
    const expected = [
      { topic: group, payload: '{"a":1}', qos: 1 },
      { topic: group, payload: "from the server", qos: 1 },
      { topic: "$webpubsub/server/messages", payload: "to you", qos: 1 },
    ];
    assertMessages(messages, expected);
    if (isV5) {
      const types = messages.map(({ packet }) => packet.properties.contentType);
      assert.deepEqual(types, ["application/json", "text/plain", "text/plain"]);
    }
    await other.next(1);
    const properties = { contentType: "application/json", userProperties: { x: "y" } };
    await client.publishAsync(group, '{"b":2}', { qos: 1, ...(isV5 && { properties }) });
    const { dataType, data, fromUserId } = await other.next(2);
    assert.deepEqual([dataType, fromUserId], [isV5 ? "json" : "binary", "ann"]);
    assert.deepEqual(isV5 ? data : Buffer.from(data).toString(), isV5 ? { b: 2 } : '{"b":2}');
    await next(4); // its own message
    await service.group(group).removeConnection(clientId);
    await service.group(`rest${group}`).addConnection(clientId);
    await service.group(group).sendToAll("not any more", { contentType: "text/plain" });
    await service.group(`rest${group}`).sendToAll("added by REST", { contentType: "text/plain" });
    const last = { topic: `rest${group}`, payload: "added by REST", qos: 0 };
    await next(5);
    assertMessages(messages.slice(4), [last]);
  },

  "what the roles do not allow": async ({ connect }, protocolVersion) => {
    const { client, closed } = await connect({ protocolVersion, roles: [] });
    assert.equal(await grantedTo(client, "denied"), protocolVersion === 5 ? 135 : 128);
    const closing = closed();
    const outcome = client.publishAsync("denied", "x", { qos: 1 }).then(
      () => "published",
      (error) => error.code,
    );
    if (protocolVersion === 5) {
      assert.equal(await within("PUBACK", outcome), 135);
      client.end();
    }
    await closing;
  },

  "a session that is continued after a cut": async ({ connect }, protocolVersion) => {
    const topic = `kept/${protocolVersion}`;
    const options = keeping(`kept${protocolVersion}`, protocolVersion);
    const first = await connect(options);
    assert.equal(first.connack.sessionPresent, false);
    await first.client.subscribeAsync(topic, { qos: 1 });
    const closed = first.closed();
    first.client.stream.destroy();
    await closed;
    const sender = await connect({ protocolVersion });
    await sender.client.publishAsync(topic, "meanwhile", { qos: 1 });
    const second = await connect(options);
    assert.equal(second.connack.sessionPresent, true);
    await second.next(1);
    assertMessages(second.messages, [{ topic, payload: "meanwhile", qos: 1 }]);
    second.client.end();
    const third = await connect({ ...options, clean: true });
    assert.equal(third.connack.sessionPresent, false);
    await sender.client.publishAsync(topic, "to nobody", { qos: 1 });
    await third.client.subscribeAsync(topic, { qos: 1 });
    await sender.client.publishAsync(topic, "again", { qos: 1 });
    await third.next(1);
    assertMessages(third.messages, [{ topic, payload: "again", qos: 1 }]);
  },

  // QoS 1 allows a message to come twice; QoS 2 does not.
  "messages over connections that are cut": async ({ connect }, protocolVersion) => {
    const options = { flaky: true, reconnectPeriod: 1, resubscribe: false };
    const client = (name) =>
      connect({
        ...options,
        ...keeping(`${name}${protocolVersion}`, protocolVersion),
      });
    const receiver = await client("receiver");
    const sender = await client("sender");
    let connections = 0;
    receiver.client.on("connect", ({ sessionPresent }) => {
      connections++;
      assert.ok(sessionPresent);
    });
    const topics = [1, 2].map((qos) => ({
      qos,
      topic: `cut/${qos}/${protocolVersion}`,
    }));
    for (const { qos, topic } of topics) {
      // The library gives a subscription up when its connection is cut.
      const subscribe = () => receiver.client.subscribeAsync(topic, { qos }).catch(() => undefined);
      while (!(await within("SUBACK", subscribe()))) await sleep(10);
    }
    const publish = async (topic, number, qos) => {
      for (;;) {
        try {
          await sender.client.publishAsync(topic, number, { qos });
          return;
        } catch (error) {
          // When the answer to PUBREL is lost, the service says to the second PUBREL that it does not know the message
          // any more. That is no error (MQTT 5, 3.7.2.1), but the library takes it for one.
          if (error.code === 146) return;
          // The library gives up what waits for a connection that is cut before it is made. It was never sent.
          if (error.message !== "Connection closed") throw error;
          await sleep(10);
        }
      }
    };
    const numbers = Array.from({ length: MESSAGES }, (_, number) => String(number));
    const sending = [];
    for (const number of numbers) {
      for (const { qos, topic } of topics) sending.push(publish(topic, number, qos));
      await sleep(3);
    }
    await within("all acknowledgements", Promise.all(sending));
    const of = (topic) => receiver.messages.filter((message) => message.topic === topic);
    for (const { qos, topic } of topics) {
      const missing = () => numbers.filter((number) => !of(topic).some(({ payload }) => payload === number));
      await receiver.received(`all of QoS ${qos}`, () => (missing().length === 0 ? true : undefined));
    }
    assert.equal(of(topics[1].topic).length, MESSAGES);
    assert.ok(connections > 1, String(connections));
  },

  "a will": async ({ connect }, protocolVersion) => {
    const topic = `last/${protocolVersion}`;
    const receiver = await connect({ protocolVersion });
    await receiver.client.subscribeAsync(topic, { qos: 1 });
    const will = (payload) => ({ topic, payload: Buffer.from(payload), qos: 1, retain: false });
    const polite = await connect({ protocolVersion, will: will("never") });
    await polite.client.endAsync();
    const rude = await connect({ protocolVersion, will: will("gone") });
    rude.client.stream.destroy();
    await receiver.next(1);
    assertMessages(receiver.messages, [{ topic, payload: "gone", qos: 1 }]);
  },

  "client ids that the service does not accept": async ({ refused }, protocolVersion) => {
    const { code } = await refused({ clientId: "has_underscore", protocolVersion });
    assert.equal(code, protocolVersion === 5 ? 133 : 2);
  },

  "a close by the REST API": async ({ connect, service }, protocolVersion) => {
    const { client, clientId, closed } = await connect({ protocolVersion });
    const disconnect = new Promise((resolve) => client.on("disconnect", resolve));
    const closing = closed();
    await service.closeConnection(clientId, { reason: "enough" });
    await closing;
    if (protocolVersion === 5) {
      const { reasonCode, properties } = await within("DISCONNECT", disconnect);
      assert.deepEqual([reasonCode, properties.reasonString], [152, "enough"]);
    }
  },
};

/** What MQTT 3.1.1 does not have. */
const V5_CHECKS = {
  "the code in the emulator's README": async ({ service }) => {
    const readme = await readFile(new URL("../../emulator/README.md", import.meta.url), "utf8");
    const [code] = readme.match(/(?<=^```js\n)[^`]*mqtt\.connect[^`]*(?=^```$)/m);
    const AsyncFunction = (async () => {}).constructor;
    const client = await new AsyncFunction("service", "mqtt", `${code}\nreturn client;`)(service, mqtt);
    await within("the client is connected", once(client, "connect"));
    await client.endAsync();
  },

  "properties of MQTT 5": async ({ connect, refused }, protocolVersion) => {
    const topic = "properties";
    const { client, connack, next } = await connect({ protocolVersion, keepalive: 0 });
    const { serverKeepAlive, retainAvailable } = connack.properties;
    assert.deepEqual([serverKeepAlive, retainAvailable], [180, false]);
    const subscription = { qos: 1, nl: true, properties: { subscriptionIdentifier: 7 } };
    await client.subscribeAsync(topic, subscription);
    await client.publishAsync(topic, "mine", { qos: 1 });
    const sender = await connect({ protocolVersion });
    const properties = {
      payloadFormatIndicator: true,
      messageExpiryInterval: 60,
      responseTopic: "reply",
      correlationData: Buffer.from("c"),
      userProperties: { a: ["1", "2"] },
      contentType: "text/x-own",
    };
    await sender.client.publishAsync(topic, "theirs", { qos: 1, properties });
    const { payload, packet } = await next(1);
    const { messageExpiryInterval: left, userProperties, ...others } = packet.properties;
    assert.ok(left >= 1 && left <= 60, String(left));
    assert.equal(payload, "theirs");
    assert.deepEqual(
      {
        ...others,
        userProperties: { ...userProperties },
        messageExpiryInterval: 60,
      },
      { ...properties, subscriptionIdentifier: 7 },
    );
    assert.equal(await grantedTo(client, "a/+"), 162);
    assert.equal(await grantedTo(client, "$share/x/a"), 158);
    const will = { topic, payload: Buffer.from("x"), qos: 0, retain: true };
    assert.equal((await refused({ protocolVersion, will })).code, 154);
  },
};

let passed = 0;
const failures = [];

const runAll = async (checks, versions, connectionString, handler) => {
  for (const [name, check] of Object.entries(checks)) {
    for (const version of versions) {
      const stage = makeStage(connectionString, HUB, FLAKY);
      try {
        await check(stage, version, handler);
        passed++;
      } catch (error) {
        failures.push(`${name}, version ${version}: ${error.stack}`);
      } finally {
        stage.end();
      }
    }
  }
};

await runAll(CHECKS, VERSIONS, CONNECTION_STRING);
await runAll(V5_CHECKS, [5], CONNECTION_STRING);
const handler = await startHandler();
const withEvents = await startService("--event-handler", `${HUB}=${handler.url}`);
await runAll(EVENT_CHECKS, VERSIONS, withEvents, handler);
handler.stop();
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log(`${passed} checks passed`);
process.exit(0);
