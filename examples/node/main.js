// News on Node: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});
const handleEvents = events.getMiddleware();

async function answer(req, res) {
  switch (`${req.method} ${req.url}`) {
    case "GET /negotiate":
      res.setHeader("Content-Type", "application/json");
      return res.end(JSON.stringify(await service.getClientAccessToken({ userId: randomUUID() })));
    case "POST /notify":
      await service.group("readers").sendToAll(await json(req));
      return res.writeHead(202).end();
    default:
      return res.writeHead(404).end("Not found");
  }
}

const server = createServer((req, res) =>
  handleEvents(req, res, () => answer(req, res)).catch((error) => {
    console.error(error);
    res.writeHead(500).end();
  }),
);
server.listen(process.env.PORT ?? 8000, () => console.log(`Listening on port ${server.address().port}`));
