// The chat Worker: which request goes where. People talk through the service; the Worker admits them, answers the
// service's events, and serves the page.

import { WebPubSubServiceClient } from "webpubsub-edge";
import { chatEvents } from "./events.js";
import { displayName } from "./names.js";
import { asRefusal, Refusal, refuse } from "./refusal.js";
import { Room } from "./room.js";

interface Env {
  /** The connection string of the service. */
  WEB_PUBSUB?: string;
  /** The files of the page. */
  ASSETS: Fetcher;
}

const HUB = "chat";
const PEOPLE = /^\/rooms\/([^/]+)\/people$/;
const MAX_BODY = 4096;

/** Made once per isolate: neither client nor handler keeps anything of a request. */
let chat: ReturnType<typeof openChat> | undefined;

export default {
  async fetch(request, env, ctx): Promise<Response> {
    try {
      const { service, events } = (chat ??= openChat(env.WEB_PUBSUB));
      return (await events.handle(request, ctx)) ?? (await answer(request, env, service));
    } catch (error) {
      return refuse(asRefusal(error));
    }
  },
} satisfies ExportedHandler<Env>;

function openChat(connectionString: string | undefined) {
  if (!connectionString)
    throw new Refusal(500, "not_configured", "Set WEB_PUBSUB to the service's connection string.");
  const service = new WebPubSubServiceClient(connectionString, HUB);
  return { service, events: chatEvents(connectionString, service) };
}

async function answer(request: Request, env: Env, service: WebPubSubServiceClient): Promise<Response> {
  const { pathname } = new URL(request.url);

  if (pathname === "/negotiate") {
    if (request.method !== "POST") return wrongMethod("POST");
    const { name, room } = await body(request);
    const admitted = await new Room(service, room).admit(displayName(name));
    return Response.json(admitted, { headers: { "Cache-Control": "no-store" } });
  }

  const room = PEOPLE.exec(pathname)?.[1];
  if (room) {
    if (request.method !== "GET") return wrongMethod("GET");
    const people = await new Room(service, room).people();
    return Response.json({ room, people }, { headers: { "Cache-Control": "no-store" } });
  }

  if (request.method !== "GET" && request.method !== "HEAD") return wrongMethod("GET, HEAD");
  const file = await env.ASSETS.fetch(request);
  if (file.status === 404) throw new Refusal(404, "not_found", "There is nothing at this address.");
  return withSecurityHeaders(file, service.endpoint);
}

function wrongMethod(allow: string): Response {
  return refuse(new Refusal(405, "method_not_allowed", `Use ${allow} here.`), { Allow: allow });
}

/** The JSON object in a request's body. */
async function body(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  try {
    const value: unknown = text.length <= MAX_BODY ? JSON.parse(text) : undefined;
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, like any other wrong body.
  }
  throw new Refusal(400, "bad_request", 'Send a JSON object: {"name": "Ada", "room": "lobby"}.');
}

/** The page may load its own files, call its own Worker and open WebSockets to the service, and nothing else. */
function withSecurityHeaders(file: Response, serviceEndpoint: string): Response {
  const sockets = new URL(serviceEndpoint).origin.replace(/^http/, "ws");
  const response = new Response(file.body, file);
  response.headers.set(
    "Content-Security-Policy",
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ${sockets}; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}
