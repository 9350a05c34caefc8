import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "./greet.js";

export default {
  fetch: async (_request, env) => new Response(await greet({ WebPubSubServiceClient }, env.WEB_PUBSUB)),
};
