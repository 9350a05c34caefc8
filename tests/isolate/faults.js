// A way to the service that fails as each request asks it to, in `x-fault`; what is to arrive, arrives at the real
// one. Beside it an issuer of tokens, and the place that event handlers have their access key from.
import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { endpointIn, keyIn, signed } from "../conformance/jwt.js";

const SCOPE = "https://webpubsub.azure.com";

const FAULTS = {
  none: (way) => way.pass(),

  async slow(way) {
    await sleep(way.random() * 60);
    way.pass();
  },

  /** Asks for patience twice; then it works. */
  busy(way) {
    if (way.attempts() > 2) return way.pass();
    way.answer(503, "busy", { "retry-after-ms": "1" });
  },

  refusal(way) {
    const code = `Refused${way.plan}`;
    way.answer(400, JSON.stringify({ code, message: "No." }), { "x-ms-error-code": code });
  },

  rubbish: (way) => way.answer(500, "<h1>\u0000 Bad \ufffd gateway {"),
  nonsense: (way) => way.answer(200, "<!doctype html>"),

  /** The connection breaks before there is an answer. */
  reset: (way) => way.response.socket.destroy(),

  /** It breaks after the service took the request. */
  lost(way) {
    way.response.writeHead = () => way.response.socket.destroy();
    way.pass();
  },

  /** It breaks in the middle of an answer. */
  half(way) {
    way.response.writeHead(200, { ...way.mark, "content-length": "1000" });
    way.response.write("{", () => way.response.socket.destroy());
  },

  /** No answer, until somebody gives up. */
  silent() {},

  /** An answer without an end. */
  trickle(way) {
    way.response.writeHead(200, { ...way.mark, "content-length": "1000" });
    way.response.write("{");
  },
};

/** Starts it. `waiting` holds the requests that have no whole answer yet. */
export const startFaults = async (connectionString, random) => {
  const [endpoint, key] = [endpointIn(connectionString), keyIn(connectionString)];
  const agent = new Agent({ keepAlive: true });
  const attempts = new Map();
  const waiting = new Set();

  const pass = (request, response, mark) => {
    const { method, headers } = request;
    const host = new URL(endpoint).host;
    const onward = httpRequest(new URL(request.url, endpoint), {
      agent,
      method,
      headers: { ...headers, host },
    });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode, { ...answer.headers, ...mark });
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  };

  /** Tokens that are good for an hour, and yet to be replaced at once; now and then there is none. */
  const issue = async (request, response) => {
    request.resume();
    await sleep(random() * 20);
    const isFirst = !attempts.has("token");
    attempts.set("token", 1);
    if (!isFirst && random() < 0.2) return void response.writeHead(500).end("rubbish");
    const exp = Math.trunc(Date.now() / 1000) + 3600;
    const token = await signed({ aud: SCOPE, exp }, key);
    response.end(JSON.stringify({ access_token: token, expires_in: 3600, refresh_in: 0 }));
  };

  const server = createServer((request, response) => {
    waiting.add(request);
    response.on("close", () => waiting.delete(request));
    request.on("error", () => {});
    if (request.url === "/key") return void response.end(key);
    if (request.url.endsWith("/oauth2/v2.0/token")) return void issue(request, response);
    const plan = request.headers["x-plan"];
    const mark = { "x-plan": plan };
    const way = {
      plan,
      mark,
      random,
      response,
      pass: () => pass(request, response, mark),
      answer(status, body, headers) {
        request.resume();
        response.writeHead(status, { ...mark, ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
      },
      attempts() {
        attempts.set(plan, (attempts.get(plan) ?? 0) + 1);
        return attempts.get(plan);
      },
    };
    FAULTS[request.headers["x-fault"]](way);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    waiting,
    stop() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
};
