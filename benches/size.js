// The Worker whose size is measured, small as Workers are. The official client takes the place of this one by its name.
import { WebPubSubServiceClient } from "webpubsub-edge";

export default {
  async fetch(request, env) {
    const service = new WebPubSubServiceClient(env.WEB_PUBSUB, "chat");
    if (request.method === "POST") {
      await service.sendToAll(await request.text(), { contentType: "text/plain" });
      return new Response(null, { status: 202 });
    }
    return Response.json(await service.getClientAccessToken());
  },
};
