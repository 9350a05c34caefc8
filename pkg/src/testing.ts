/**
 * Helpers for tests of programs that use `webpubsub-edge`: signed events, and a `fetch` that records requests. They
 * need neither the service nor the network.
 *
 * @example
 * ```ts
 * import { recordingFetch, signedEvent } from "webpubsub-edge/testing";
 *
 * const { fetch, requests } = recordingFetch();
 * const service = new WebPubSubServiceClient(connectionString, "chat", { fetch });
 * const response = await events.handle(signedEvent({ hub: "chat", event: "say", data: "hello", key: accessKey }));
 *
 * assert.equal(response.status, 204);
 * assert.equal(await requests[0].text(), "hello");
 * ```
 *
 * @packageDocumentation
 */
import module from "#wasm";
import { start } from "./core.js";

start(module);

export * from "./recording-fetch.js";
export * from "./signed-event.js";
