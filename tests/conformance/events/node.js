// Requests and responses of Node servers and Express, as objects of their shape.
import { equal, matches, throws } from "../assert.js";
import { ORIGIN, PRIMARY, eventHeaders } from "../webhooks.js";

/** What Node gives for a request; `read` counts how much of the body was taken. */
const incoming = (type, chunks, { url = "/api/webpubsub/hubs/chat/", headers, ...rest } = {}) => {
  const lower = Object.entries(eventHeaders(type, headers)).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  const request = {
    method: "POST",
    url,
    headers: { host: "app.example", ...Object.fromEntries(lower) },
    read: 0,
    async *[Symbol.asyncIterator]() {
      for (const chunk of chunks) {
        request.read += 1;
        yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
      }
    },
    ...rest,
  };
  return request;
};

/** What Node takes a response by. */
const outgoing = () => {
  let listener;
  const response = {
    statusCode: 200,
    headers: {},
    setHeader: (name, value) => (response.headers[name.toLowerCase()] = value),
    end: (body) => {
      response.writableEnded = true;
      response.body = new TextDecoder().decode(body);
    },
    once: (name, listen) => (listener = listen),
    close: () => listener(),
  };
  return response;
};

/** Runs a middleware, and gives the response with what `next` was called with. */
const run = async (middleware, request, { next = true } = {}) => {
  const response = outgoing();
  let passed;
  await middleware(request, response, next ? (...args) => (passed = args) : undefined);
  return { response, passed };
};

export function node(checkEverywhere, { handler, isEdge }) {
  /** Where the package has no adapter, that it says so is all that there is to check. */
  const check = (name, run) =>
    checkEverywhere(name, async () => {
      if (!isEdge) return run();
      throws(() => handler().getMiddleware(), { name: "Error", code: "NOT_NODE", message: /Node servers/ });
    });
  const echo = (...args) => handler({ handleUserEvent: (req) => req }).getMiddleware()(...args);
  const plainText = { "Content-Type": "text/plain" };

  check("answers events of a Node server", async () => {
    const request = incoming("user.x", ["h", "i"], { headers: plainText });
    const { response, passed } = await run(echo, request);
    equal([response.statusCode, response.body, passed], [200, "hi", undefined]);
    matches(response.headers["content-type"], "text/plain");
  });

  check("answers the handshake of a Node server, repeated headers as it has them", async () => {
    const headers = { "webhook-request-origin": ["replica.example", ORIGIN], "ce-awpsversion": "1.0" };
    const request = { ...incoming("x", []), method: "OPTIONS", headers };
    const { response } = await run(handler({ allowedEndpoints: [ORIGIN] }).getMiddleware(), request);
    equal([response.statusCode, response.headers["webhook-allowed-origin"]], [200, "*"]);
  });

  check("goes by the address that came, wherever it is mounted", async () => {
    const mounted = { url: "/", originalUrl: "/api/webpubsub/hubs/chat/?code=1", headers: plainText };
    equal((await run(echo, incoming("user.x", ["hi"], mounted))).response.body, "hi");
  });

  check("hands on what is for others, with its body unread", async () => {
    const others = [
      incoming("user.x", ["hi"], { url: "/elsewhere" }),
      incoming("user.x", ["hi"], { headers: { "ce-hub": "another" } }),
      incoming("user.x", ["hi"], { url: "*", method: "OPTIONS" }),
      { ...incoming("user.x", ["hi"]), method: "GET", headers: { ":path": "/", host: "app.example" } },
    ];
    for (const request of others) {
      const { response, passed } = await run(echo, request);
      equal(passed, []);
      equal([response.writableEnded, request.read], [undefined, 0]);
      const alone = await run(echo, request, { next: false });
      equal([alone.response.statusCode, alone.response.writableEnded], [404, true]);
    }
  });

  check("takes a body that a parser in front has read", async () => {
    const json = async (rest) => {
      const middleware = handler({ handleUserEvent: (req) => req }).getMiddleware();
      return (await run(middleware, incoming("user.x", [], { readableDidRead: true, ...rest }))).response;
    };
    equal((await json({ body: { a: 1 } })).body, '{"a":1}');
    equal((await json({ body: '{"a":1}' })).body, '{"a":1}');
    equal((await json({ rawBody: new TextEncoder().encode("[1]"), body: [1] })).body, "[1]");
    const left = async (type, bytes, rest) => {
      const seen = [];
      const events = handler({
        handleUserEvent: (req) =>
          req.dataType === "json" ? req : { data: req.data, dataType: req.dataType },
        onError: (error) => void seen.push(error.code),
      });
      const headers = { "Content-Type": type, ...(bytes && { "Content-Length": String(bytes) }) };
      const request = incoming("user.x", [], { headers, readableDidRead: true, ...rest });
      const { response } = await run(events.getMiddleware(), request);
      return response.statusCode === 200 ? response.body : [response.statusCode, ...seen];
    };
    const bytes = new TextEncoder().encode("hé");
    // A string that a parser left is the body itself, or the string that the body is the JSON of.
    equal(await left("application/json", 4, { body: "hi" }), '"hi"');
    equal(await left("application/json", 5, { body: "123" }), '"123"');
    equal(await left("application/json", 3, { body: "123" }), "123");
    equal(await left("application/json; charset=utf-8", 0, { body: '{"a":1}' }), '{"a":1}');
    equal(await left("application/json", 4, { body: null }), "null");
    equal(await left("application/json", 5, { body: false }), "false");
    equal(await left("text/plain", 2, { body: "hi" }), "hi");
    equal(await left("text/plain", 2, { rawBody: "hi", body: {} }), "hi");
    equal(await left("text/plain", 3, { body: bytes }), "hé");
    equal(await left("text/plain", 3, { body: bytes.buffer }), "hé");
    equal(await left("application/octet-stream", 3, { rawBody: bytes }), "hé");
    // Nothing was left, or nothing that is the same.
    for (const type of ["application/json", "text/plain", "application/octet-stream"]) {
      equal(await left(type, 2, {}), [500, "BodyUsed"]);
      equal(await left(type, 0, {}), [500, "BodyUsed"]);
    }
    equal(await left("text/plain", 2, { body: {} }), [500, "BodyUsed"]);
    equal(await left("application/octet-stream", 2, { body: {} }), [500, "BodyUsed"]);
    equal(await left("application/octet-stream", 2, { body: "hi" }), [500, "BodyUsed"]);
    equal(await left("application/octet-stream", 2, { rawBody: "hi" }), [500, "BodyUsed"]);
  });

  check("gets a body that flows to somebody else, too", async () => {
    const listeners = {};
    const on = (name, listener) => void (listeners[name] = listener);
    const headers = { "Content-Type": "text/plain" };
    const request = incoming("user.x", [], { headers, readableFlowing: true, readableDidRead: false, on });
    const accessKeys = async () => PRIMARY;
    const slow = handler({ accessKeys, handleUserEvent: (req) => req }).getMiddleware();
    const response = outgoing();
    const handled = slow(request, response);
    // Before the handler wants it.
    listeners.data(new TextEncoder().encode("h"));
    listeners.data(new TextEncoder().encode("i"));
    listeners.end();
    listeners.close();
    await handled;
    equal([response.statusCode, response.body], [200, "hi"]);
    const foreign = incoming("user.x", [], { url: "/elsewhere", headers, readableFlowing: true, on });
    equal((await run(slow, foreign)).passed, []);
    listeners.data(new TextEncoder().encode("x"));
    listeners.close();
  });

  check("notices that a body was read in the meantime", async () => {
    const request = incoming("user.x", ["hi"], { headers: { "Content-Type": "text/plain" } });
    const seen = [];
    const accessKeys = async () => {
      request.readableDidRead = true;
      return PRIMARY;
    };
    const onError = (error) => void seen.push(error.code);
    const middleware = handler({ accessKeys, handleUserEvent: (req) => req, onError }).getMiddleware();
    const { response } = await run(middleware, request);
    equal([response.statusCode, seen], [500, ["BodyUsed"]]);
  });

  check("hands on methods that no request of fetch may have", async () => {
    for (const method of ["TRACE", "CONNECT", "TRACK", "trace"]) {
      const request = { ...incoming("user.x", []), method };
      const { response, passed } = await run(echo, request);
      equal([passed, response.writableEnded], [[], undefined], method);
      equal((await run(echo, request, { next: false })).response.statusCode, 404, method);
    }
  });

  check("keeps the insides of a failure from the client of a Node server", async () => {
    const seen = [];
    const failing = handler({
      handleUserEvent: () => Promise.reject(new Error("secret")),
      onError: (error) => void seen.push(error.message),
    }).getMiddleware();
    const { response, passed } = await run(failing, incoming("user.x", ["{}"]));
    equal([response.statusCode, passed, seen], [500, undefined, ["secret"]]);
    equal(response.body.includes("secret"), false);
  });

  check("answers a Node server first what the service does not wait for", async () => {
    let go;
    const rest = new Promise((resolve) => (go = resolve));
    let done;
    const finished = new Promise((resolve) => (done = resolve));
    const onConnected = () => rest.then(done);
    const { response } = await run(
      handler({ onConnected }).getMiddleware(),
      incoming("sys.connected", ["{}"]),
    );
    equal(response.statusCode, 204);
    go();
    await finished;
  });

  check("gives up when the client of a Node server is gone", async () => {
    const request = incoming("user.x", []);
    // Held until then, as a socket holds it; a promise that nobody can settle would be collected with all that waits.
    let more;
    request[Symbol.asyncIterator] = () => ({ next: () => new Promise((resolve) => (more = resolve)) });
    const response = outgoing();
    const handled = echo(request, response);
    setTimeout(() => response.close(more), 5);
    await handled;
    equal(response.statusCode, 400);
  });
}
