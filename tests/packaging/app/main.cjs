const { WebPubSubServiceClient } = require("webpubsub-edge");

import("./greet.js")
  .then(({ greet }) => greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB))
  .then(console.log);
