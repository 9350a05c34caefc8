import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "./greet.js";

greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB).then(console.log);
