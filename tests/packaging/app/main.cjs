const { WebPubSubServiceClient } = require("webpubsub-edge");
const { greet } = require("./greet.js");

greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB).then(console.log);
