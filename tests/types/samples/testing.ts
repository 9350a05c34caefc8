// The helpers for users' own tests.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import {
  recordingFetch,
  signedEvent,
  type RecordedResponder,
  type RecordingFetch,
  type SignedEventOptions,
} from "webpubsub-edge/testing";

export async function events(handler: WebPubSubEventHandler): Promise<number[]> {
  const common: Pick<SignedEventOptions, "hub" | "key"> = { hub: "chat", key: "<AccessKey>" };
  const requests = [
    signedEvent({ ...common, event: "connect", userId: "ada", data: { claims: { role: ["admin"] } } }),
    signedEvent({ ...common, event: "say", data: { a: 1 }, states: { count: 1 }, headers: { "ce-id": "2" } }),
    signedEvent({ ...common, data: new Uint8Array(1), dataType: "binary", connectionId: "c1" }),
    signedEvent({ ...common, event: "joined", group: "room", url: "https://app.example/hook" }),
  ];
  const responses = await Promise.all(requests.map((request) => handler.handle(request)));
  return responses.map((response) => response?.status ?? 404);
}

export async function calls(): Promise<[string, string | null, string]> {
  const down: RecordedResponder = new TypeError("down");
  const recording: RecordingFetch = recordingFetch(503, down, (request) =>
    request.method === "GET" ? 200 : 202,
  );
  const service = new WebPubSubServiceClient("<ConnectionString>", "chat", { fetch: recording.fetch });
  await service.sendToAll("hello", { contentType: "text/plain" });
  const [first] = recording.requests;
  if (!first) throw new Error("no request");
  return [first.url, first.headers.get("content-type"), await first.text()];
}
