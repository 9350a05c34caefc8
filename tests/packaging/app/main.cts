import { RestError, WebPubSubServiceClient, isRestError, type ClientTokenResponse } from "webpubsub-edge";

declare const process: { env: Record<string, string> };
declare const console: { log(text: string): void };

const greet = async (): Promise<ClientTokenResponse> => {
  const service: WebPubSubServiceClient = new WebPubSubServiceClient(process.env.WEB_PUBSUB!, "packaging");
  await service.sendToAll("hello", { contentType: "text/plain" });
  const error: unknown = new RestError("", { kind: "NotFound" });
  if (!isRestError(error) || error.kind !== "NotFound") throw error;
  return service.getClientAccessToken({ userId: "ada" });
};

greet().then(({ url }) => console.log(url));
