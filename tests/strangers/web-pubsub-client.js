// The official client for JavaScript with its default options, which are the reliable JSON protocol, recovery and
// rejoined groups. See run.js.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { WebPubSubClient, WebPubSubJsonProtocol } from "@azure/web-pubsub-client";
import { until } from "./client.js";

const { CONNECTION_STRING, FLAKY } = process.env;
const HUB = "strangers";
const ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const RECEIVERS = 5;
const MESSAGES = 400;

const service = new WebPubSubServiceClient(CONNECTION_STRING, HUB, { allowInsecureConnection: true });
const started = [];
const done = [];

/**
 * A client that is connected; `flaky` puts it behind the network that cuts connections, which may do so before the client
 * is connected for the first time: then it is made anew.
 */
const connected = async (options = {}) => {
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (!options.flaky) throw error;
    }
  }
};

const connect = async ({ userId, roles = ROLES, flaky = false, ...options } = {}) => {
  const { url } = await service.getClientAccessToken({ userId, roles });
  const access = new URL(url);
  if (flaky) access.port = new URL(FLAKY).port;
  const client = new WebPubSubClient(access.href, options);
  const seen = { ids: [], disconnected: 0, group: [], server: [] };
  client.on("connected", ({ connectionId }) => seen.ids.push(connectionId));
  client.on("disconnected", () => seen.disconnected++);
  client.on("group-message", ({ message }) => seen.group.push(message));
  client.on("server-message", ({ message }) => seen.server.push(message));
  started.push(client);
  const first = new Promise((resolve) => client.on("connected", resolve));
  await client.start();
  await first;
  return { client, seen };
};

const check = async (name, work) => {
  try {
    await work();
  } catch (error) {
    throw new Error(`${name}: ${error.stack}`, { cause: error });
  }
  done.push(name);
};

await check("groups, data types, acknowledgements", async () => {
  const { client: ann, seen } = await connected({ userId: "ann" });
  const { client: bob } = await connected({ userId: "bob", protocol: WebPubSubJsonProtocol() });
  await ann.joinGroup("room");
  const bytes = Uint8Array.of(0, 255).buffer;
  await bob.sendToGroup("room", "hi", "text");
  await bob.sendToGroup("room", { a: [1, null] }, "json");
  await bob.sendToGroup("room", bytes, "binary");
  await until(
    () => JSON.stringify(seen.group),
    () => seen.group.length === 3,
  );
  const got = seen.group.map(({ fromUserId, dataType, data }) => ({ fromUserId, dataType, data }));
  assert.deepEqual(got, [
    { fromUserId: "bob", dataType: "text", data: "hi" },
    { fromUserId: "bob", dataType: "json", data: { a: [1, null] } },
    { fromUserId: "bob", dataType: "binary", data: bytes },
  ]);
  assert.deepEqual(
    seen.group.map(({ sequenceId }) => sequenceId),
    [1, 2, 3],
  );
  assert.deepEqual(await bob.sendToGroup("room", 4, "json", { ackId: 77 }), {
    ackId: 77,
    isDuplicated: false,
  });
  assert.equal((await bob.sendToGroup("room", 4, "json", { ackId: 77 })).isDuplicated, true);
  await ann.leaveGroup("room");
  await bob.sendToGroup("room", 5, "json");
  await service.sendToUser("ann", "last", { contentType: "text/plain" });
  await until(
    () => JSON.stringify(seen.server),
    () => seen.server.length === 1,
  );
  assert.equal(seen.group.length, 4);
  const { client: guest } = await connected({ roles: [], messageRetryOptions: { maxRetries: 0 } });
  const named = (name) => (error) => error.errorDetail?.name === name;
  await assert.rejects(guest.joinGroup("room"), named("Forbidden"));
  await assert.rejects(guest.sendEvent("e", 1, "json"), named("InternalServerError"));
});

await check("a broadcast over connections that are cut: nothing lost, nothing doubled", async () => {
  const group = "broadcast";
  const receivers = [];
  for (let n = 0; n < RECEIVERS; n++) receivers.push(await connected({ flaky: true }));
  for (const { client } of receivers) await client.joinGroup(group);
  const before = receivers.map(({ seen }) => structuredClone({ ...seen, group: [], server: [] }));
  for (let n = 0; n < MESSAGES; n++) {
    await service.group(group).sendToAll({ n });
    await sleep(2);
  }
  const missing = () => receivers.map(({ seen }) => MESSAGES - seen.group.length).join(", ");
  await until(missing, () => receivers.every(({ seen }) => seen.group.length >= MESSAGES));
  for (const [index, { seen }] of receivers.entries()) {
    assert.deepEqual(
      seen.group.map(({ data }) => data.n),
      [...Array(MESSAGES).keys()],
    );
    const { ids, disconnected } = before[index];
    assert.deepEqual(
      [seen.ids, seen.disconnected],
      [ids, disconnected],
      "it did not recover, but connected anew",
    );
  }
});

await check("sends over a connection that is cut: each once", async () => {
  const { client: receiver, seen } = await connected();
  await receiver.joinGroup("sends");
  const retries = { maxRetries: 100, retryDelayInMs: 20 };
  const { client } = await connected({ flaky: true, messageRetryOptions: retries });
  for (let n = 0; n < 200; n++) await client.sendToGroup("sends", n, "json", { ackId: 1000 + n });
  await until(
    () => seen.group.length,
    () => seen.group.length >= 200,
  );
  assert.deepEqual(
    seen.group.map(({ data }) => data),
    [...Array(200).keys()],
  );
});

await check("a closed client connects anew and rejoins its groups", async () => {
  const { client, seen } = await connected();
  await client.joinGroup("again");
  const disconnected = new Promise((resolve) => client.on("disconnected", resolve));
  await service.closeConnection(seen.ids[0], { reason: "go away" });
  assert.equal((await disconnected).message.message, "go away");
  await until(
    () => seen.ids.length,
    () => seen.ids.length === 2,
  );
  assert.notEqual(seen.ids[1], seen.ids[0]);
  await service.group("again").sendToAll("back", { contentType: "text/plain" });
  await until(
    () => seen.group.length,
    () => seen.group.length === 1,
  );
});

await check("streams", async () => {
  const { client: receiver } = await connected();
  const { client: sender } = await connected({ userId: "sender" });
  await receiver.joinGroup("stream");
  const texts = [];
  const failures = [];
  receiver.onGroupStream(
    async (stream) => {
      const parts = [];
      try {
        for await (const message of stream) parts.push(message.data);
        texts.push(parts.join(""));
      } catch (error) {
        failures.push(error);
      }
    },
    { handleFromStart: true },
  );
  const stream = await sender.openGroupStream("stream");
  for (const part of ["hello", " ", "world"]) await stream.write(part, "text");
  await stream.end();
  await until(
    () => JSON.stringify(texts),
    () => texts.length === 1,
  );
  assert.deepEqual(texts, ["hello world"]);

  const aborted = await sender.openGroupStream("stream");
  await aborted.write("x", "text");
  await aborted.abort({ message: "changed my mind", userErrorCode: "E1" });
  await until(
    () => JSON.stringify(failures),
    () => failures.length === 1,
  );
  assert.deepEqual(failures[0], { name: "UserError", message: "changed my mind", userErrorCode: "E1" });

  const idle = await sender.openGroupStream("stream", { idleTimeoutInMs: 200 });
  const error = await new Promise((resolve) => idle.onError(resolve));
  assert.equal(error.name, "IdleTimeout");

  const { client: guest } = await connected({ roles: [] });
  await assert.rejects(guest.openGroupStream("stream"), { name: "Forbidden" });
});

await check("a stream over a connection that is cut", async () => {
  const { client: receiver } = await connected();
  await receiver.joinGroup("cut");
  const streams = [];
  receiver.onGroupStream(
    async (stream) => {
      const parts = [];
      for await (const { data } of stream) parts.push(data);
      streams.push(parts);
    },
    { handleFromStart: true },
  );
  const { client: sender } = await connected({ flaky: true });
  // Opening is not retried by the client itself.
  const open = async () => {
    for (;;) {
      try {
        return await sender.openGroupStream("cut");
      } catch {
        await sleep(20);
      }
    }
  };
  const stream = await open();
  for (let n = 0; n < 100; n++) {
    await stream.write(n, "json");
    await sleep(10);
  }
  await stream.end();
  const whole = () => streams.find((parts) => parts.length > 0);
  await until(
    () => JSON.stringify(streams),
    () => whole() !== undefined,
  );
  assert.deepEqual(whole(), [...Array(100).keys()]);
});

await check("invocations without an event handler are refused in words", async () => {
  const { client } = await connected();
  await assert.rejects(client.invokeEvent("e", 1, "json"), /event handler/);
});

for (const client of started) client.stop();
console.log(`${done.length} checks`);
process.exit(0);
