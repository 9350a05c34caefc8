import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "./greet.js";

test("says hello", async () => {
  process.stdout.write(await greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB));
});
