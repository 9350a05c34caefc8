// The clients under test, each with a stub in place of the network that accepts every request and counts it.
import { WebPubSubServiceClient as OfficialClient } from "@azure/web-pubsub";
import { WebPubSubServiceClient } from "webpubsub-edge";

export const KEY = "bench-key-0123456789abcdefghijklmnopqrstuvwx=";
const CONNECTION_STRING = `Endpoint=https://contoso.webpubsub.azure.com;AccessKey=${KEY};Version=1.0;`;

/** What reached the stubs, for the check of a call. */
export const network = { requests: 0, url: "" };

const note = (url) => {
  network.requests++;
  network.url = url;
};

// Created once: what a network costs is not measured, and the official client's stub has no response to create.
const accepted = new Response(null, { status: 202 });

const fetch = async (url) => {
  note(url);
  return accepted;
};

const httpClient = {
  async sendRequest(request) {
    note(request.url);
    // Response headers have the class that request headers have.
    return { request, status: 202, headers: request.headers };
  },
};

export const clients = {
  ours: new WebPubSubServiceClient(CONNECTION_STRING, "chat", { fetch }),
  official: new OfficialClient(CONNECTION_STRING, "chat", { httpClient }),
};
