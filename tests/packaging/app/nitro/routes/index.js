import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "../greet.js";

// Nitro brings this function by itself.
export default defineEventHandler((event) =>
  greet({ WebPubSubServiceClient }, event.context.cloudflare.env.WEB_PUBSUB),
);
