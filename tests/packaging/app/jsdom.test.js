// The signals, Blobs and requests of jsdom, in whose realm Vitest runs the test.
import { expect, test } from "vitest";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import { greet } from "./greet.js";

const service = new WebPubSubServiceClient(process.env.WEB_PUBSUB, "packaging_jsdom");

test("says hello", async () => {
  console.log(await greet({ WebPubSubServiceClient }, process.env.WEB_PUBSUB));
});

test("takes a signal of jsdom", async () => {
  const controller = new AbortController();
  expect(controller).toBeInstanceOf(window.AbortController);
  await service.sendToAll("hello", { abortSignal: controller.signal });
  controller.abort();
  await expect(service.sendToAll("hello", { abortSignal: controller.signal })).rejects.toThrow("aborted");
});

test("takes a Blob of jsdom", () => service.sendToAll(new window.Blob(["hello"])));

test("handles a request", async () => {
  const events = new WebPubSubEventHandler("chat", { dangerouslySkipSignatureVerification: true });
  const headers = { "WebHook-Request-Origin": "contoso.webpubsub.azure.com" };
  const request = new Request(`https://app.example${events.path}`, { method: "OPTIONS", headers });
  expect((await events.fetch(request)).status).toBe(200);
});
