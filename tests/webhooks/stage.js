// What every check has at hand: clients of the hubs, REST calls by the package itself, and what the Worker has seen.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { eventHeaders, signature } from "../conformance/webhooks.js";
import { Client, JSON_PROTOCOL, PATIENCE_MS } from "./client.js";

/** A name that nobody else has. */
export const unique = (prefix) => `${prefix}-${randomUUID().slice(0, 8)}`;

/**
 * `services` are the connection strings of the `main` one, which has two keys, and of the `other`; `worker` is the
 * Worker's URL.
 */
export const makeStage = ({ pkg, services, worker, ...rest }) => {
  const clients = [];
  const own = (name, init) => fetch(new URL(`/-/${name}`, worker), init);

  const service = (hub, which = "main") => new pkg.WebPubSubServiceClient(services[which], hub);

  /** Tries to connect to a hub: gives `{ client }` or `{ status, words }`. The query is for the handler. */
  const tryToConnect = async (hub, { protocols, query = {}, which, ...token } = {}) => {
    const { url } = await service(hub, which).getClientAccessToken(token);
    const outcome = await Client.open(`${url}&${new URLSearchParams(query)}`, protocols);
    if (outcome.client) clients.push(outcome.client);
    return outcome;
  };

  /** A plain client that is connected. */
  const plain = async (hub, options) => {
    const { client, status, words } = await tryToConnect(hub, options);
    if (!client) throw new Error(`refused: ${status} ${words}`);
    return client;
  };

  /** A client of the JSON protocol that is connected, with its `id` and its `userId`. */
  const guest = async (hub, options) => {
    const client = await plain(hub, { protocols: [JSON_PROTOCOL], ...options });
    const { connectionId: id, userId } = await client.next();
    return Object.assign(client, { id, userId });
  };

  /** All that the Worker has seen by now of one kind, and fits. */
  const seen = async (kind, fits) =>
    (await (await own("records")).json()).filter((record) => record.kind === kind && fits(record));

  /** The first that fits, now or when it comes. */
  const find = async (kind, fits) => {
    for (const limit = Date.now() + PATIENCE_MS; Date.now() < limit; await sleep(25)) {
      const [found] = await seen(kind, fits);
      if (found) return found;
    }
    throw new Error(`waited in vain for this in the Worker: ${kind}, ${fits}`);
  };

  /** The event that a handler got about a connection. */
  const event = (handler, connectionId) =>
    find("event", (record) => record.handler === handler && record.connectionId === connectionId);

  /** The id of the connection that a user came with. */
  const connectionOf = async (userId) => {
    const isIt = ({ handler, context }) => handler === "handleConnect" && context.userId === userId;
    return (await find("event", isIt)).connectionId;
  };

  /** Sends the Worker an event, as if it came from the service; signed by `key`, if there is one. */
  const post = async (hub, { key, headers, body = "{}", type = "user.echo", connectionId = unique("c") }) => {
    const about = { "ce-hub": hub, "ce-connectionId": connectionId };
    const signed = { "ce-signature": key && (await signature(key, connectionId)) };
    const init = { method: "POST", headers: eventHeaders(type, { ...about, ...signed, ...headers }), body };
    // A stream has no length that could be told ahead.
    if (typeof body !== "string") init.duplex = "half";
    const response = await fetch(new URL(`/api/webpubsub/hubs/${hub}/`, worker), init);
    return { status: response.status, words: await response.text() };
  };

  return {
    ...rest,
    services,
    service,
    tryToConnect,
    plain,
    guest,
    seen,
    find,
    event,
    connectionOf,
    post,
    /** Changes the key that the handler of the hub `rotating` has. */
    rotate: async (key) => void (await own("rotate", { method: "POST", body: key })),
    hangUp: () => clients.forEach((client) => client.hangUp()),
  };
};
