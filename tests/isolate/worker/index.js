// The Worker that is put through it: two clients and an event handler, made once for all requests of its isolate.
import { env } from "cloudflare:workers";
import { ClientSecretCredential, WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import { endpointIn, keyIn } from "../../conformance/jwt.js";
import { HUB } from "../plans.js";
import { eventKinds } from "../plans/events.js";
import { makeCall } from "./calls.js";
import { live, lives, memory } from "./life.js";

const { connectionString, faults } = env;

const options = {
  reverseProxyEndpoint: faults,
  retryOptions: { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 5 },
  allowInsecureConnection: true,
};
const service = new WebPubSubServiceClient(connectionString, HUB, options);

// Its tokens are fetched, again and again.
const credential = new ClientSecretCredential("tenant", "application", "secret", { authorityHost: faults });
const byToken = new WebPubSubServiceClient(endpointIn(connectionString), credential, HUB, options);

/** Sends what a handler has to say. */
const send = (id) =>
  service.sendToAll(id, { requestOptions: { customHeaders: { "x-plan": id, "x-fault": "slow" } } });

const DEEDS = {
  answer: (id, res) => res.success(id, "text"),
  refuse: (id, res) => res.fail(403, id),
  accept: (id, res) => res.success({ userId: id }),
  fail(id) {
    throw new Error(id);
  },
  async dawdle(id, res) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    res.success(id, "text");
  },
  async send(id, res) {
    await send(id);
    res.success();
  },
  async goOn(id, res) {
    res.success(id, "text");
    await send(id);
  },
};

const events = new WebPubSubEventHandler(HUB, {
  // Fetched, for each event anew.
  accessKeys: async () => [await (await fetch(`${faults}/key`)).text()],
  maxBodyBytes: 10_000,
  handleConnect: ({ queries }, res) => DEEDS[queries.does[0]](queries.id[0], res),
  handleUserEvent: async ({ data }, res) => DEEDS[data.does](data.id, res),
  onError() {},
});

/** An event like those that come from outside. */
const ownEvent = async () => {
  const { path, headers, body } = await eventKinds(keyIn(connectionString))["an event that is answered"].plan(
    "own",
  );
  return new Request(new URL(path, "https://app.example"), { method: "POST", headers, body });
};
const tools = { service, byToken, events, group: service.group("crowd"), ownEvent };

const ROUTES = {
  async "/call"(request) {
    const plan = await request.json();
    return Response.json(await makeCall(tools[plan.client], plan, request));
  },
  async "/guest"() {
    console.log("A guest comes.");
    return Response.json(await service.getClientAccessToken({ userId: "guest", groups: ["crowd"] }));
  },
  "/lives": () => Response.json(lives),
  "/memory": () => Response.json(memory()),
};

export default {
  async fetch(request, _, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/life/")) {
      return new Response(await live(decodeURIComponent(pathname.slice("/life/".length)), tools));
    }
    return Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname](request) : events.fetch(request, env, ctx);
  },
};
