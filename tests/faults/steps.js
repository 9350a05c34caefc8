// What the server does with a request: the vocabulary of the scenarios. A step has `handle(exchange)`; `effect` says
// whether the request took effect where the response does not, and `requestedDelay` what it asks the client to wait.

/** A page of two connections. */
const PAGE = { value: [{ connectionId: "c1", userId: "ada" }, { connectionId: "c2" }] };

/** Responds as the service does when all is well. */
const succeed = (exchange) => {
  const { method, path } = exchange.request;
  if (path.includes("/:send")) return exchange.respond(202);
  if (path.includes("/:generateToken")) return exchange.respond(...json(200, { token: "a.b.c" }));
  if (method === "GET") return exchange.respond(...json(200, PAGE));
  return exchange.respond(method === "DELETE" ? 204 : 200);
};

const json = (status, value, headers) => [
  status,
  { "Content-Type": "application/json; charset=utf-8", ...headers },
  JSON.stringify(value),
];

export const works = { handle: succeed };

export const responds = (status, headers, body) => ({
  handle: (exchange) => exchange.respond(status, headers, body),
});

export const respondsJson = (status, value, headers) => responds(...json(status, value, headers));

/** An error of the service, as it describes them. */
export const refuses = (status, code, message) =>
  respondsJson(
    status,
    { code, message, target: "", details: null, inner: null },
    { "x-ms-error-code": code },
  );

/** Asks for a delay in milliseconds, by headers that may depend on the time. */
export const delays = (status, requestedDelay, headers) => ({
  requestedDelay,
  handle: (exchange) => exchange.respond(status, typeof headers === "function" ? headers() : headers),
});

export const resetsBeforeReading = { beforeReading: true };

/** The request may have been processed, or not. */
export const resets = { effect: "maybe", handle: (exchange) => exchange.reset() };
export const closes = { effect: "maybe", handle: (exchange) => exchange.close() };
export const staysSilent = { effect: "maybe", handle() {} };

/** Responds as usual, after a while. */
export const worksAfter = (milliseconds) => ({
  async handle(exchange) {
    await exchange.sleep(milliseconds);
    succeed(exchange);
  },
});

/** Writes bytes of its own in place of a response with the status of success, then ends the connection or leaves it open. */
export const writes = (textFor, { effect = "yes", end = "close" } = {}) => ({
  effect,
  handle(exchange) {
    const { method, path } = exchange.request;
    const success = path.includes("/:send") ? 202 : method === "DELETE" ? 204 : 200;
    exchange.write(textFor(success));
    if (end !== "open") exchange[end]();
  },
});

/** A page of an HTML site, as a captive portal or a misconfigured proxy sends. */
export const html = {
  ...responds(200, { "Content-Type": "text/html" }, "<!doctype html><title>Sign in</title>"),
  effect: "no",
};

/** Redirects to a path of this server, or to another server. */
export const redirects = (status, elsewhere) => ({
  effect: "no",
  handle(exchange) {
    const host = elsewhere ? exchange.server.elsewhere : exchange.server.origin;
    exchange.respond(status, { Location: `${host}/moved` });
  },
});

const bearer = ({ request }) => request.headers.get("authorization").replace("Bearer ", "");

/** Works for some tokens only; `accepts(token, exchange)`. */
export const worksFor = (accepts, refusal = responds(401)) => ({
  handle(exchange) {
    (accepts(bearer(exchange), exchange) ? works : refusal).handle(exchange);
  },
});

/** The first page links to a second one. */
export const firstPage = (origin = (exchange) => exchange.server.origin) => ({
  handle(exchange) {
    const { request } = exchange;
    const nextLink = `${origin(exchange)}${request.path}&continuationToken=2`;
    exchange.respond(...json(200, { ...PAGE, nextLink }));
  },
});

/** Issues `token-1`, then `token-2`, … */
export const issues = (more = {}) => ({
  handle(exchange) {
    const access_token = `token-${exchange.number + 1}`;
    exchange.respond(...json(200, { token_type: "Bearer", expires_in: 3600, access_token, ...more }));
  },
});
