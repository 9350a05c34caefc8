// News with SvelteKit: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { env } from "$env/dynamic/private";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = env.WEB_PUBSUB;
export const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
export const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});
