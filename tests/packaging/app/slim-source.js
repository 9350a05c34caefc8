import source module from "webpubsub-edge/webpubsub_edge.wasm";
import { init, WebPubSubServiceClient } from "webpubsub-edge/slim";
import { greet } from "./greet.js";

init(module);
greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB).then(console.log);
