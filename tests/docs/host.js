// Runs one code block as its reader would: `node host.js FILE`, with ENDPOINT, the address of a local service, and KEY.
//
// The names that the pages leave to the reader (`service`, `env`, …) exist here, as tests/types/snippets.d.ts declares
// them. Requests to Azure and to Microsoft Entra ID are handled on this machine. What the block serves (by an export, a
// server, Deno, Bun, …) must then allow the service's handshake, accept its events, and give URLs to clients.
import assert from "node:assert/strict";
import { Server } from "node:http";
import { createRequire, registerHooks } from "node:module";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import { event, handshake, signature, URL_OF_CHAT } from "../conformance/webhooks.js";
import { hasFunctions, invoke } from "../functions-core.js";

const { ENDPOINT, KEY } = process.env;
const [, , file] = process.argv;
const requireFromDocs = createRequire(new URL("../../docs/package.json", import.meta.url));
const AZURE = "contoso.webpubsub.azure.com";

/** Modules that only their hosts have. */
const MODULES = {
  "cloudflare:workers": "export const env = globalThis.env;",
  "$env/dynamic/private": "export const env = globalThis.env;",
};

registerHooks({
  resolve: (name, context, next) =>
    MODULES[name]
      ? { url: `data:text/javascript,${MODULES[name]}`, shortCircuit: true }
      : next(name, context),
  load: (url, context, next) => {
    if (!url.endsWith(".wasm")) return next(url, context);
    // Workers give the compiled module.
    const bytes = readFileSync(fileURLToPath(url)).toString("base64");
    const source = `export default new WebAssembly.Module(Buffer.from("${bytes}", "base64"));`;
    return { format: "module", source, shortCircuit: true };
  },
});

const connectionString = `Endpoint=${ENDPOINT};AccessKey=${KEY};Version=1.0;`;
const local = globalThis.fetch;
const handlers = [];
const servers = [];

/** Azure, Entra ID and the app on this machine; nothing leaves it. */
const route = async (input, init) => {
  if (input === "/negotiate") return Response.json(await service.getClientAccessToken({ userId: "ada" }));
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.host === AZURE) return local(new URL(url.pathname + url.search, ENDPOINT), init);
  if (url.host === "login.microsoftonline.com")
    return Response.json({ access_token: "entra", expires_in: 3600, token_type: "Bearer" });
  assert.equal(url.hostname, "127.0.0.1", `the block asks ${url.host}`);
  return local(input, init);
};
globalThis.fetch = route;

const Socket = globalThis.WebSocket;
globalThis.WebSocket = class extends Socket {
  constructor(url, protocols) {
    super(String(url).replace(`wss://${AZURE}`, ENDPOINT.replace("http", "ws")), protocols);
  }
};

const listen = Server.prototype.listen;
Server.prototype.listen = function (...args) {
  servers.push(this);
  return listen.call(
    this,
    0,
    "127.0.0.1",
    args.find((arg) => typeof arg === "function"),
  );
};

const variables = {
  WEB_PUBSUB: connectionString,
  WEB_PUBSUB_KEY: KEY,
  WEB_PUBSUB_OTHER_KEY: "the other key",
  TENANT_ID: "contoso.example",
  CLIENT_ID: "9f2a0a5e-0000-4000-8000-000000000000",
  CLIENT_SECRET: "a secret of the test",
  WEBHOOK_CODE: "code-of-the-test",
};
Object.assign(process.env, variables);
const service = new WebPubSubServiceClient(connectionString, "chat");
const events = new WebPubSubEventHandler("chat", { connectionString });

/** A client that is connected while the block runs: `ada`, in the group `room`. */
const { url } = await service.getClientAccessToken({ userId: "ada", groups: ["room"] });
const socket = new Socket(url, "json.webpubsub.azure.v1");
const nextFrame = () =>
  new Promise((resolve, reject) => {
    socket.onerror = reject;
    socket.onmessage = ({ data }) => resolve(JSON.parse(data));
  });
const { connectionId } = await nextFrame();

Object.assign(globalThis, {
  app: async () => new Response("not found", { status: 404 }),
  connectionId,
  connectionString,
  env: { ...variables, EGRESS: { fetch: route } },
  events,
  service,
  url,
  require: createRequire(file),
  Deno: {
    env: { get: (name) => variables[name] },
    serve: (handler) => handlers.push(handler),
  },
  Bun: {
    env: variables,
    serve: ({ routes = {}, fetch }) =>
      handlers.push((request) => (routes[new URL(request.url).pathname] ?? fetch)(request)),
  },
});

const callFunction = async (request) => {
  const { method, url } = request;
  const route = new URL(url).pathname.replace(/^\/(api\/)?/, "");
  const headers = Object.fromEntries(request.headers);
  const { body, ...init } = await invoke(route, { method, url, headers, body: await request.bytes() });
  return new Response(body.length > 0 ? body : null, init);
};

const module = await import(pathToFileURL(file));
await setImmediate();

const { GET, POST, OPTIONS, fallback, default: main } = module;
if (module.events) handlers.push(module.events.fetch);
if (hasFunctions()) handlers.push(callFunction);
if (typeof main?.fetch === "function") {
  const context = { waitUntil: (promise) => promise, passThroughOnException() {} };
  handlers.push((request) => main.fetch(request, globalThis.env, context));
} else if (typeof main === "function" && main.__is_handler__) {
  const { createApp, toWebHandler } = requireFromDocs("h3");
  handlers.push(toWebHandler(createApp().use(main)));
}
if (GET ?? POST ?? fallback) {
  handlers.push((request) => {
    const handler = { GET, POST, OPTIONS }[request.method] ?? fallback;
    // Next.js passes the request, SvelteKit an object with it.
    return handler(Object.assign(request, { request }));
  });
}
for (const server of servers) {
  handlers.push((request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers, body } = request;
    const address = `http://127.0.0.1:${server.address().port}${pathname}${search}`;
    return local(address, { method, headers, body, duplex: "half" });
  });
}

const signed = { "ce-connectionId": connectionId, "ce-signature": await signature(KEY, connectionId) };

/** An event of the client, at the URL that docs/security.md registers. */
const eventOf = (type, body, headers = {}) =>
  event(type, body, {
    url: `${URL_OF_CHAT}?code=${variables.WEBHOOK_CODE}`,
    headers: { "ce-userId": "ada", ...signed, ...headers },
  });
const TEXT = { "Content-Type": "text/plain" };
const BYTES = { "Content-Type": "application/octet-stream" };

const GREETING = "good morning";

/** The handler allows the service's handshake, accepts its events, and refuses those of others. */
const expectEvents = async (send) => {
  const shaken = await send(handshake(AZURE));
  assert.equal(shaken.status, 200, `the handshake gets ${shaken.status}`);
  const allowed = shaken.headers.get("WebHook-Allowed-Origin");
  assert(allowed === "*" || allowed === AZURE, `the handshake allows ${allowed}`);

  const connected = await send(eventOf("sys.connect", { claims: {} }));
  assert(connected.status < 300, `a connect event gets ${connected.status}`);
  const spoken = await send(eventOf("user.message", GREETING, TEXT));
  assert(spoken.status < 300, `a message gets ${spoken.status}`);

  const forged = { "ce-signature": await signature("not the key", connectionId) };
  const refused = await send(eventOf("sys.connect", { claims: {} }, forged));
  assert.equal(refused.status, 401, `an event with a wrong signature gets ${refused.status}`);
};

/** The next frame but the greeting, which may arrive after the response to its event. */
const nextMessage = async () => {
  const frame = await nextFrame();
  return frame.data === GREETING ? nextMessage() : frame;
};

/** Those in the room receive what a client said as the type that it was. */
const expectSameType = async (send) => {
  const said = [
    [eventOf("user.message", "hello", TEXT), "text", "hello"],
    [eventOf("user.message", { hello: 1 }), "json", { hello: 1 }],
    [eventOf("user.message", new Uint8Array([0, 255]), BYTES), "binary", "AP8="],
  ];
  for (const [request, dataType, data] of said) {
    const message = nextMessage();
    await send(request);
    const received = await message;
    assert.deepEqual([received.dataType, received.data], [dataType, data]);
  }
};

/** Clients get a URL. */
const expectUrl = async (send) => {
  const response = await send(new Request(new URL("/negotiate", URL_OF_CHAT)));
  assert.equal(response.status, 200, `/negotiate gets ${response.status}`);
  assert.match((await response.json()).url, /^wss?:/);
};

const source = readFileSync(file, "utf8");
for (const send of handlers) {
  if (/\bevents\b/.test(source)) await expectEvents(send);
  if (source.includes(".sendToAll(req)")) await expectSameType(send);
  if (source.includes("getClientAccessToken") && send !== module.events?.fetch) await expectUrl(send);
}
process.exit(0);
