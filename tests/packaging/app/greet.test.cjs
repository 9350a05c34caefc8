/** @jest-environment node */
const { WebPubSubServiceClient } = require("webpubsub-edge");
const { greet } = require("./greet.js");

test("says hello", async () => {
  process.stdout.write(await greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB));
});
