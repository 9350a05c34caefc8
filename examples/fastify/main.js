// News with Fastify: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { randomUUID } from "node:crypto";
import fastify from "fastify";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});
const handleEvents = events.getMiddleware();

const app = fastify();

// In this hook, Fastify has not read the body yet. `done` is called for all requests but events.
app.addHook("onRequest", ({ raw: req }, { raw: res }, done) => {
  handleEvents(req, res, done);
});

app.get("/negotiate", () => service.getClientAccessToken({ userId: randomUUID() }));

app.post("/notify", async (request, reply) => {
  await service.group("readers").sendToAll(request.body);
  return reply.code(202).send();
});

console.log(`Listening on ${await app.listen({ port: Number(process.env.PORT ?? 8000) })}`);
