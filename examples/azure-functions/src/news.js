// News with Azure Functions: everyone who connects with a URL from /api/negotiate receives what is posted to /api/notify.
import { app } from "@azure/functions";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

app.http("events", {
  route: "webpubsub/hubs/news",
  methods: ["OPTIONS", "POST"],
  authLevel: "anonymous",
  handler: async (request) => {
    const { status, headers, body } = await events.fetch(request);
    return { status, headers, body };
  },
});

app.http("negotiate", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: async () => ({ jsonBody: await service.getClientAccessToken({ userId: crypto.randomUUID() }) }),
});

app.http("notify", {
  methods: ["POST"],
  authLevel: "anonymous",
  handler: async (request) => {
    await service.group("readers").sendToAll(await request.json());
    return { status: 202 };
  },
});
