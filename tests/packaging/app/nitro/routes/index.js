import { defineEventHandler } from "h3";
import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "../greet.js";

export default defineEventHandler((event) =>
  greet({ WebPubSubServiceClient }, event.context.cloudflare.env.WEB_PUBSUB),
);
