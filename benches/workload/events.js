// One user event as the service sends it, and the ways to respond to it: by this package, by the official Express
// middleware, and the least that any handler in the runtime has to do.
import { IncomingMessage, ServerResponse } from "node:http";
import { WebPubSubEventHandler as OfficialHandler } from "@azure/web-pubsub-express";
import { WebPubSubEventHandler } from "webpubsub-edge";
import { PRIMARY, URL_OF_CHAT, eventHeaders } from "../../tests/conformance/webhooks.js";

const handlers = { handleUserEvent: (req, res) => res.success() };
const ours = new WebPubSubEventHandler("chat", { ...handlers, accessKeys: PRIMARY });
const official = new OfficialHandler("chat", handlers);

/** The parts of an event's request with a body of so many bytes. */
const event = (bytes) => {
  const headers = eventHeaders("user.message", {
    "Content-Type": "application/octet-stream",
    "Content-Length": String(bytes),
  });
  return { method: "POST", headers, body: new Uint8Array(bytes).fill(0x61) };
};

/** Calls that respond to an event, each with a new Request. */
export const eventCalls = (bytes) => {
  const init = event(bytes);
  return {
    ours: () => ours.handle(new Request(URL_OF_CHAT, init)),
    async floor() {
      const request = new Request(URL_OF_CHAT, init);
      await request.arrayBuffer();
      return new Response("", { status: 200 });
    },
  };
};

/** Calls of a middleware, each with new objects of Node's server, which the official handler needs. */
export const expressCalls = (bytes) => {
  const { method, headers, body } = event(bytes);
  const lowerCase = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const path = new URL(URL_OF_CHAT).pathname;
  /** A request as Express hands it to a middleware. */
  const incoming = () => {
    const request = Object.assign(new IncomingMessage(null), {
      method,
      url: path,
      originalUrl: path,
      baseUrl: "",
      path,
    });
    Object.defineProperty(request, "headers", { value: lowerCase });
    request.push(body);
    request.push(null);
    return request;
  };
  // Created by the first call: the builds for Workers have no middleware.
  const call = (handler, middleware) => () =>
    new Promise((resolve, reject) => {
      middleware ??= handler.getMiddleware();
      const request = incoming();
      const response = new ServerResponse(request);
      response.end = () => resolve({ status: response.statusCode });
      const next = (error) => reject(error ?? new Error("the middleware did not recognize the event"));
      middleware(request, response, next).catch(reject);
    });
  return { ours: call(ours), official: call(official) };
};
