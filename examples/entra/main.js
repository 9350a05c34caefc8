// News with Microsoft Entra ID, in Express: the app calls the service with a token, without an access key.
// Everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { randomUUID } from "node:crypto";
import express from "express";
import { ClientSecretCredential, WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const env = process.env;

/** A credential for the emulator, which has no issuer of tokens: it accepts the token of `--entra-token`. */
const emulatorCredential = (token) => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});

// In Azure, assign the role "Web PubSub Service Owner" on the resource to the application that these variables name.
const credential = env.EMULATOR_ENTRA_TOKEN
  ? emulatorCredential(env.EMULATOR_ENTRA_TOKEN)
  : new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET);

const service = new WebPubSubServiceClient(env.WEB_PUBSUB_ENDPOINT, credential, "news", {
  allowInsecureConnection: true, // only applies to services on this machine: a token is never sent elsewhere over http
});

// Events are signed with the access key, whichever credential the service is called with.
const events = new WebPubSubEventHandler("news", {
  accessKeys: env.WEB_PUBSUB_ACCESS_KEY,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

const app = express();
app.use(events.getMiddleware()); // before any middleware that reads bodies
app.use(express.json());

app.get("/negotiate", async (_, res) => {
  res.json(await service.getClientAccessToken({ userId: randomUUID() }));
});

app.post("/notify", async (req, res) => {
  await service.group("readers").sendToAll(req.body);
  res.sendStatus(202);
});

const server = app.listen(env.PORT ?? 8000, () => console.log(`Listening on port ${server.address().port}`));
