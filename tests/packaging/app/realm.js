// Messages and options that were made in another realm, as the sandboxes of test runners do.
import assert from "node:assert/strict";
import { createContext, runInContext } from "node:vm";
import { WebPubSubServiceClient } from "webpubsub-edge";

const realm = createContext();
const foreign = (code) => runInContext(code, realm);
assert(!(foreign("new Uint8Array(1)") instanceof Uint8Array));

const service = new WebPubSubServiceClient(
  process.env.WEB_PUBSUB,
  "packaging",
  foreign("({ retryOptions: { maxRetries: 1 } })"),
);
await service.sendToAll(foreign("new Uint8Array([104, 101, 108, 108, 111])"));
await service.sendToAll(foreign("new Uint8Array([104, 105]).buffer"), foreign("({ messageTtlSeconds: 60 })"));
await service.sendToAll(foreign("({ list: [1] })"), foreign("({ excludedConnections: ['a'] })"));
const { url } = await service.getClientAccessToken(foreign("({ userId: 'ada', groups: ['room'] })"));
console.log(url);
