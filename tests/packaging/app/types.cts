import edge = require("webpubsub-edge");

const service = new edge.WebPubSubServiceClient("<ConnectionString>", "packaging");

export const url: Promise<string> = service.getClientAccessToken().then((token) => token.url);

// @ts-expect-error a hub is named by a string, or this test would prove nothing
export const wrong = new edge.WebPubSubServiceClient("<ConnectionString>", 1);
