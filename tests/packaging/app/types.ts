import module from "webpubsub-edge/webpubsub_edge.wasm";
import { WebPubSubServiceClient, type RestError } from "webpubsub-edge";
import * as slim from "webpubsub-edge/slim";

slim.init(module);

// Both entries give the same classes.
const Client: typeof WebPubSubServiceClient = slim.WebPubSubServiceClient;
const service = new Client("<ConnectionString>", "packaging");

export const url: Promise<string> = service
  .getClientAccessToken({ userId: "ada" })
  .then((token) => token.url);
export const status = (error: RestError): number | undefined => error.statusCode;

// @ts-expect-error a hub is named by a string, or this test would prove nothing
export const wrong = new Client("<ConnectionString>", 1);
