// The way from the Worker to the service, which fails at random: before or after the service has the request, for a
// moment or until the caller gives up. It keeps a record of the messages that the service accepted.
import { Agent, createServer, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Parts of a thousand requests that meet each fault; all others pass. */
const PER_MILLE = {
  delay: 60,
  resetBefore: 25,
  resetAfter: 25,
  busy: 30,
  throttled: 20,
  refused: 8,
  cut: 10,
  silent: 2,
  late: 2,
};

const FAULTS = {
  pass: (way) => way.forward(),

  async delay(way) {
    await sleep(20 + way.random() * 200);
    await way.forward();
  },

  /** The service never has the request. */
  resetBefore: (way) => way.reset(),

  /** The service has it, and its response is lost. */
  async resetAfter(way) {
    await way.forward(() => way.reset());
  },

  /** Rejected, with a delay that the client can keep. */
  busy: (way) => way.respond(503, { "Retry-After": "0" }),
  throttled: (way) => way.respond(429, { "retry-after-ms": "30" }),

  /** Rejected, with a delay that is longer than the client accepts. */
  refused: (way) => way.respond(429, { "Retry-After": "3600" }),

  /** The response stops within its body. */
  async cut(way) {
    await way.forward(({ statusCode }) => {
      if (statusCode === 204 || way.request.method === "HEAD") return way.reset();
      way.response.writeHead(statusCode, { "Content-Length": "100" });
      way.response.write("{", () => way.reset());
    });
  },

  /** The service has it, but its response does not come in time. */
  async silent(way) {
    await way.forward(() => {});
  },

  /** The service gets it when the caller has given up. */
  async late(way) {
    await sleep(way.patience);
    await way.forward(() => way.reset());
  },
};

/** Chooses a fault for each request. */
const chooser = (random) => {
  const names = Object.entries(PER_MILLE).flatMap(([name, count]) => Array(count).fill(name));
  return () => names[Math.trunc(random() * 1000)] ?? "pass";
};

/**
 * Starts the proxy. `isFaulty` is a switch; `accepted` has the number of times that the service accepted each message,
 * `met` the number of requests by fault; `patience` is longer than any call of the Worker.
 */
export const startProxy = async (endpoint, random, patience) => {
  const agent = new Agent({ keepAlive: true });
  const { host } = new URL(endpoint);
  const choose = chooser(random);
  const proxy = { isFaulty: false, accepted: new Map(), met: {}, pending: 0 };

  const wayOf = (request, response, body) => ({
    request,
    response,
    random,
    patience,
    reset: () => response.socket?.resetAndDestroy(),
    respond: (status, headers) => void response.writeHead(status, headers).end(),
    /** Has the service answer, and passes its response on, or to `take`. */
    forward: (take) =>
      new Promise((resolve) => {
        const { method, headers, url } = request;
        const onward = httpRequest(new URL(url, endpoint), { agent, method, headers: { ...headers, host } });
        onward.on("error", (error) => {
          console.log(`the service did not respond to ${method} ${url}: ${error.message}`);
          proxy.broken = true;
          resolve();
        });
        onward.on("response", (answer) => {
          const id = headers["x-message"];
          if (id && answer.statusCode === 202) proxy.accepted.set(id, (proxy.accepted.get(id) ?? 0) + 1);
          answer.on("end", resolve);
          if (take) {
            answer.resume();
            take(answer);
          } else {
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
          }
        });
        onward.end(body);
      }),
  });

  const server = createServer(async (request, response) => {
    response.on("error", () => {});
    const parts = [];
    proxy.pending += 1;
    try {
      for await (const part of request) parts.push(part);
      const fault = proxy.isFaulty ? choose() : "pass";
      proxy.met[fault] = (proxy.met[fault] ?? 0) + 1;
      await FAULTS[fault](wayOf(request, response, Buffer.concat(parts)));
    } catch {
      // The caller gave up while it sent the request, which the service has not seen.
    } finally {
      proxy.pending -= 1;
    }
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.stop = () => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  };
  return proxy;
};
