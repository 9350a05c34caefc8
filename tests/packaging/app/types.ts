import module from "webpubsub-edge/webpubsub_edge.wasm";
import { WebPubSubServiceClient, type RestError } from "webpubsub-edge";
import * as slim from "webpubsub-edge/slim";
import { signedEvent } from "webpubsub-edge/testing";

slim.init(module);

// Both entries give the same classes.
const Client: typeof WebPubSubServiceClient = slim.WebPubSubServiceClient;
const service = new Client("<ConnectionString>", "packaging");

export const url: Promise<string> = service
  .getClientAccessToken({ userId: "ada" })
  .then((token) => token.url);
export const status = (error: RestError): number | undefined => error.statusCode;

export const { method } = signedEvent({ hub: "chat", key: "<AccessKey>" });

// @ts-expect-error a hub is named by a string, or this test would prove nothing
export const wrong = new Client("<ConnectionString>", 1);
