// News on Bun: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = Bun.env.WEB_PUBSUB ?? "";
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

const server = Bun.serve({
  routes: {
    "/negotiate": {
      GET: async () => Response.json(await service.getClientAccessToken({ userId: crypto.randomUUID() })),
    },
    "/notify": {
      POST: async (request) => {
        await service.group("readers").sendToAll(await request.json());
        return new Response(null, { status: 202 });
      },
    },
  },
  fetch: events.fetch,
});
console.log(`Listening on ${server.url}`);
