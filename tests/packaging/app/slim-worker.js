import module from "webpubsub-edge/webpubsub_edge.wasm";
import { init, WebPubSubServiceClient } from "webpubsub-edge/slim";
import { greet } from "./greet.js";

init(module);

export default {
  fetch: async (_request, env) => new Response(await greet({ WebPubSubServiceClient }, env.WEB_PUBSUB)),
};
