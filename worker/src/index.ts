// The Worker of the chat: routes requests. Messages go through the service; the Worker issues client URLs, handles the
// service's events and serves the page.

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

/** Created once per isolate: neither the client nor the handler keeps state of a request. */
let chat: ReturnType<typeof openChat> | undefined;

export default {
  async fetch(request, env, ctx): Promise<Response> {
    try {
      const { service, events } = (chat ??= openChat(env.WEB_PUBSUB));
      return (await events.handle(request, ctx)) ?? (await respond(request, env, service));
    } catch (error) {
      return refuse(asRefusal(error));
    }
  },
} satisfies ExportedHandler<Env>;

function openChat(connectionString: string | undefined) {
  if (!connectionString)
    throw new Refusal(
      500,
      "not_configured",
      "WEB_PUBSUB is not set: set it to the connection string of the service.",
    );
  const service = new WebPubSubServiceClient(connectionString, HUB);
  return { service, events: chatEvents(connectionString, service) };
}

async function respond(request: Request, env: Env, service: WebPubSubServiceClient): Promise<Response> {
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
  if (file.status === 404) throw new Refusal(404, "not_found", "There is no page at this address.");
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
    // Refused below, like any other invalid body.
  }
  throw new Refusal(400, "bad_request", 'Send a JSON object: {"name": "Ada", "room": "lobby"}.');
}

/** Lets the page only load its own files, call its own Worker and open WebSockets to the service. */
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
