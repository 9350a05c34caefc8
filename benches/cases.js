// What is measured: a call of this package, and where there is one the same call of the official one, on the same
// values. In Node and in workerd alike.
import { WebPubSubServiceClient as OfficialClient } from "@azure/web-pubsub";
import jwt from "jsonwebtoken";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
// Signing requests is nothing that users call.
import { Service } from "../node_modules/webpubsub-edge/lib/service.js";
import { PRIMARY, text } from "../tests/conformance/webhooks.js";

const KEY = "bench-key-0123456789abcdefghijklmnopqrstuvwx=";
const CONNECTION_STRING = `Endpoint=https://contoso.webpubsub.azure.com;AccessKey=${KEY};Version=1.0;`;
const AUDIENCE = "https://contoso.webpubsub.azure.com/api/hubs/chat/:send?api-version=2024-12-01";

const fetch = async () => new Response(null, { status: 202 });
const ours = new WebPubSubServiceClient(CONNECTION_STRING, "chat", { fetch });
const service = new Service(CONNECTION_STRING, undefined, "chat");

// The headers of an answer are of the class that those of a request are of.
const sendRequest = async (request) => ({ request, status: 202, headers: request.headers });
const official = new OfficialClient(CONNECTION_STRING, "chat", { httpClient: { sendRequest } });

const access = { userId: "user-1", roles: ["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroup.room"] };
const message = { from: "user-1", text: "What a message usually is: a few words, and who said them." };

const events = new WebPubSubEventHandler("chat", {
  accessKeys: PRIMARY,
  handleUserEvent: (req, res) => res.success(),
});

/** By what is done; each side is a function to call again and again. */
export const cases = {
  "sign a request": {
    ours: () => service.current().sign(AUDIENCE, Date.now()),
    // As the official client does it.
    official: () => jwt.sign({}, KEY, { audience: AUDIENCE, expiresIn: "1h", algorithm: "HS256" }),
  },
  "sign a client access token": {
    ours: () => ours.getClientAccessToken(access),
    official: () => official.getClientAccessToken(access),
  },
  "sendToAll, with nothing behind fetch": {
    ours: () => ours.sendToAll(message),
    official: () => official.sendToAll(message),
  },
  "make the Request of an event": { ours: () => text("hello") },
  "make, verify and answer it": { ours: () => events.handle(text("hello")) },
};
