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
 * @module webpubsub-edge
 */
import module from "#wasm";
import { start } from "./core.js";

start(module);

export * from "./api.js";
