// What the checks of mqtt.js work with: mqtt.js clients, a JSON client and the service client of Azure, and an event
// handler.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { WebPubSubClient } from "@azure/web-pubsub-client";
import mqtt from "mqtt";
import { inTime } from "../in-time.js";
import { PATIENCE_MS } from "./client.js";

export const ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

/** Waits for a promise, but no longer than for anything else. */
export const within = (what, promise) => inTime(what, promise, PATIENCE_MS);

/** Values that come one by one, and a way to wait until some hold a condition. */
const inbox = () => {
  const values = [];
  const waiting = [];
  return {
    values,
    add: (value) => {
      values.push(value);
      waiting.splice(0).forEach((wake) => wake());
    },
    /** What `pick` finds, once it finds something. */
    wait: async (what, pick) => {
      for (;;) {
        const found = pick(values);
        if (found !== undefined) return found;
        await within(what, new Promise((wake) => waiting.push(wake)));
      }
    },
  };
};

/** An event handler that keeps what it was sent, and answers as `answers` says for the connection id. */
export const startHandler = async () => {
  const events = inbox();
  const answers = {};
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "OPTIONS") {
      response.writeHead(200, { "WebHook-Allowed-Origin": "*" }).end();
      return;
    }
    const { headers } = request;
    const connectionId = headers["ce-connectionid"];
    const type = headers["ce-type"].replace("azure.webpubsub.", "");
    events.add({ connectionId, type, headers, body: Buffer.concat(chunks) });
    const answer = answers[connectionId]?.(type) ?? {};
    response.writeHead(answer.status ?? 204, answer.headers).end(answer.body ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const of = (id) => events.values.filter(({ connectionId }) => connectionId === id);
  return {
    url: `http://127.0.0.1:${server.address().port}/{hub}/{event}`,
    answers,
    /** The event of a client, once it has come. */
    event: (id, type) => events.wait(`${type} of ${id}`, () => of(id).find((event) => event.type === type)),
    types: (id) => of(id).map(({ type }) => type),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** The clients of one check; `end()` closes them. */
export const makeStage = (connectionString, hub, flakyEndpoint) => {
  const service = new WebPubSubServiceClient(connectionString, hub, { allowInsecureConnection: true });
  const ends = [];
  let ids = 0;

  /** A client that is about to connect. Clients do not come back by themselves unless `reconnectPeriod` says so. */
  const make = async ({ roles = ROLES, userId, flaky = false, ...options }) => {
    const { url } = await service.getClientAccessToken({ clientProtocol: "mqtt", roles, userId });
    const access = new URL(url);
    if (flaky) access.port = new URL(flakyEndpoint).port;
    const clientId = options.clientId ?? `client${++ids}x${Date.now()}`;
    const client = mqtt.connect(access.href, { reconnectPeriod: 0, ...options, clientId });
    ends.push(() => client.end(true));
    client.on("error", () => {});
    const messages = inbox();
    client.on("message", (topic, payload, packet) => {
      messages.add({ topic, payload: payload.toString(), qos: packet.qos, packet });
    });
    return { client, clientId, messages };
  };

  return {
    service,
    /** A client that is connected, with its CONNACK packet. */
    connect: async (options = {}) => {
      const { client, clientId, messages } = await make(options);
      const [connack] = await within("CONNACK", once(client, "connect"));
      return {
        client,
        clientId,
        connack,
        messages: messages.values,
        received: messages.wait,
        /** Message number `count`, once it has come. */
        next: (count) => messages.wait(`message ${count}`, (values) => values[count - 1]),
        closed: () => within("the close", once(client, "close")),
      };
    },
    /** Why a client was not accepted. */
    refused: async (options) => {
      const { client } = await make(options);
      const [error] = await within(
        "the refusal",
        new Promise((resolve) => client.on("error", (cause) => resolve([cause]))),
      );
      return error;
    },
    /** A client of the reliable JSON protocol that is in a group. */
    json: async (group) => {
      const { url } = await service.getClientAccessToken({ roles: ROLES });
      const client = new WebPubSubClient(url);
      ends.push(() => client.stop());
      const messages = inbox();
      client.on("group-message", ({ message }) => messages.add(message));
      await client.start();
      await client.joinGroup(group);
      const next = (count) => messages.wait(`message ${count}`, (values) => values[count - 1]);
      return { client, next };
    },
    end: () => ends.forEach((end) => end()),
  };
};

/** Asserts what a client has received, apart from the packets. */
export const assertMessages = (messages, expected) => {
  assert.deepEqual(
    messages.map(({ topic, payload, qos }) => ({ topic, payload, qos })),
    expected,
  );
};
