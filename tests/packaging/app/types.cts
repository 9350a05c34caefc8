import edge = require("webpubsub-edge");
import testing = require("webpubsub-edge/testing");

const service = new edge.WebPubSubServiceClient("<ConnectionString>", "packaging");

export const url: Promise<string> = service.getClientAccessToken().then((token) => token.url);

export const code: edge.MqttV500ConnectReasonCode = edge.MqttV500ConnectReasonCode.NotAuthorized;

export const { requests }: testing.RecordingFetch = testing.recordingFetch();

// The clients of both formats have one type.
type Module = typeof import("webpubsub-edge", { with: { "resolution-mode": "import" } });
export const Client: Module["WebPubSubServiceClient"] = edge.WebPubSubServiceClient;

// @ts-expect-error a hub is named by a string, or this test would prove nothing
export const wrong = new edge.WebPubSubServiceClient("<ConnectionString>", 1);
