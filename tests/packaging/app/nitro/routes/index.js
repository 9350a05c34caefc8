import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "../greet.js";

// Nitro brings this function by itself.
export default defineEventHandler(({ context }) =>
  greet({ WebPubSubServiceClient }, (context.cloudflare?.env ?? process.env).WEB_PUBSUB),
);
