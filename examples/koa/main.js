// News with Koa: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { randomUUID } from "node:crypto";
import { json } from "node:stream/consumers";
import Koa from "koa";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = process.env.WEB_PUBSUB;
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});
const handleEvents = events.getMiddleware();

const app = new Koa();

// The handler writes the responses to events itself; Koa writes all others.
app.use((ctx, next) => {
  ctx.respond = false;
  return handleEvents(ctx.req, ctx.res, (error) => {
    if (error) throw error;
    ctx.respond = true;
    return next();
  });
});

app.use(async (ctx) => {
  switch (`${ctx.method} ${ctx.path}`) {
    case "GET /negotiate":
      ctx.body = await service.getClientAccessToken({ userId: randomUUID() });
      break;
    case "POST /notify":
      await service.group("readers").sendToAll(await json(ctx.req));
      ctx.status = 202;
      break;
  }
});

const server = app.listen(process.env.PORT ?? 8000, () =>
  console.log(`Listening on port ${server.address().port}`),
);
