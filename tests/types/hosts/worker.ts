// With the types of Cloudflare Workers: a Worker's own types go in and come out.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

interface Env {
  WEB_PUBSUB: string;
  EGRESS: Fetcher;
}

const events = new WebPubSubEventHandler("chat", { accessKeys: "k" });

export default {
  async fetch(request, env, ctx) {
    const service = new WebPubSubServiceClient(env.WEB_PUBSUB, "chat", {
      fetch: (input, init) => env.EGRESS.fetch(input, init),
    });
    if (request.body) await service.sendToAll(request.body, { abortSignal: request.signal });
    await service.sendToAll(new Blob(["a"]));
    const health: Response = await service.sendRequest({ method: "HEAD", path: "/api/health" });
    return (await events.handle(request, ctx)) ?? health;
  },
} satisfies ExportedHandler<Env>;

export const direct: ExportedHandler<Env> = { fetch: events.fetch };
export const service = new WebPubSubServiceClient("<ConnectionString>", "chat", { fetch });
