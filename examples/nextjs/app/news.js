// News with Next.js: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
export const service = new WebPubSubServiceClient(connectionString, "news");

export const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});
