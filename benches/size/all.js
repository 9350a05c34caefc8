// The client with Microsoft Entra ID, and the event handler.
import { ClientSecretCredential, WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

export default {
  async fetch(request, env, ctx) {
    const credential = new ClientSecretCredential(env.TENANT_ID, env.CLIENT_ID, env.CLIENT_SECRET);
    const service = new WebPubSubServiceClient(env.ENDPOINT, credential, "chat");
    const events = new WebPubSubEventHandler("chat", {
      connectionString: env.WEB_PUBSUB,
      handleConnect: (connect, response) => response.success({ groups: ["room"] }),
      handleUserEvent: async (event) => {
        await service.group("room").sendToAll(event.data);
      },
    });
    const response = await events.handle(request, ctx);
    return response ?? Response.json(await service.getClientAccessToken());
  },
};
