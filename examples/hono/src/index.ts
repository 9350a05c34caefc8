// News with Hono, on Cloudflare Workers: everyone who connects with a URL from /negotiate receives what is posted to
// /notify.
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

declare global {
  namespace Cloudflare {
    interface Env {
      WEB_PUBSUB: string;
    }
  }
}

const service = new WebPubSubServiceClient(env.WEB_PUBSUB, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString: env.WEB_PUBSUB,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

const app = new Hono();

app.use(async (c, next) => (await events.handle(c.req.raw, c.executionCtx)) ?? next());

app.get("/negotiate", async (c) =>
  c.json(await service.getClientAccessToken({ userId: crypto.randomUUID() })),
);

app.post("/notify", async (c) => {
  await service.group("readers").sendToAll(await c.req.json());
  return c.body(null, 202);
});

export default app;
