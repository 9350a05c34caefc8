/**
 * The server-side client of Azure Web PubSub for code that runs at the edge: Cloudflare Workers, Deno, Bun, Node.
 *
 * In here: the client of a hub, its credentials and filters, and the handler of the events that the service sends.
 * Names, arguments and options are those of `@azure/web-pubsub` and `@azure/web-pubsub-express`. Not in here: the
 * client for browsers.
 *
 * @example
 * ```ts
 * import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
 *
 * const service = new WebPubSubServiceClient(env.WEB_PUBSUB_CONNECTION_STRING, "chat");
 * const events = new WebPubSubEventHandler("chat", {
 *   connectionString: env.WEB_PUBSUB_CONNECTION_STRING,
 *   handleConnect: (req, res) => res.success({ groups: ["room"] }),
 *   handleUserEvent: async (req) => service.group("room").sendToAll({ from: req.context.userId, data: req.data }),
 * });
 * export default { fetch: events.fetch };
 * ```
 *
 * @packageDocumentation
 */
export * from "./types/client.js";
export * from "./types/client-options.js";
export * from "./types/credentials.js";
export * from "./types/errors.js";
export * from "./types/events.js";
export * from "./types/event-requests.js";
export * from "./types/event-responses.js";
export * from "./types/filter.js";
export * from "./types/group.js";
export * from "./types/messages.js";
export * from "./types/mqtt.js";
export * from "./types/options.js";
export * from "./types/platform.js";
export * from "./types/tokens.js";
