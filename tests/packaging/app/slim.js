// The file as it lies there, compiled by hand.
import { readFileSync } from "node:fs";
import { init, WebPubSubServiceClient } from "webpubsub-edge/slim";
import { greet } from "./greet.js";

const file = new URL(import.meta.resolve("webpubsub-edge/webpubsub_edge.wasm"));
init(new WebAssembly.Module(readFileSync(file)));
greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB).then(console.log);
