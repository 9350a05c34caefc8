// News with Express: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { randomUUID } from "node:crypto";
import express from "express";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

const app = express();
app.use(events.getMiddleware()); // before any middleware that reads bodies
app.use(express.json());

app.get("/negotiate", async (_, res) => {
  res.json(await service.getClientAccessToken({ userId: randomUUID() }));
});

app.post("/notify", async (req, res) => {
  await service.group("readers").sendToAll(req.body);
  res.sendStatus(202);
});

const server = app.listen(process.env.PORT ?? 8000, () =>
  console.log(`Listening on port ${server.address().port}`),
);
