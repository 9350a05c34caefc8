import { Hono } from "hono";
import { WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "./greet.js";

const app = new Hono();

app.get("/", async (c) => c.text(await greet({ WebPubSubServiceClient }, c.env.WEB_PUBSUB)));

export default app;
