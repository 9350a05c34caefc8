// A server over bare TCP: every byte that it sends is the scenario's, and every request that it reads is recorded.
import { STATUS_CODES } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A complete request at the start of the bytes, and the bytes after it; nothing while it is incomplete. */
const readRequest = (bytes) => {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first, ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method, path] = first.split(" ");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(end + 4);
  // No client here sends trailers, and no body contains the mark of the last chunk.
  const isChunked = headers.has("transfer-encoding");
  const mark = rest.indexOf("0\r\n\r\n");
  const length = isChunked ? (mark < 0 ? Infinity : mark + 5) : Number(headers.get("content-length") ?? 0);
  if (rest.length < length) return undefined;
  return {
    request: { method, path, headers, body: rest.subarray(0, length).toString() },
    rest: rest.subarray(length),
  };
};

/** Whether a response means that the request took effect: `yes`, `no`, or `maybe`. */
const effectOf = (status) => {
  if (status >= 200 && status < 300) return "yes";
  return status === 408 || (status >= 500 && status !== 503) ? "maybe" : "no";
};

/** What a step does with a request: it responds, or writes bytes of its own. */
class Exchange {
  /** Whether the request took effect, for a service that behaves as the scenario says. */
  effect;
  /** When the response was sent, and the delay that it requests, in milliseconds. */
  respondedAt;
  requestedDelay;
  #socket;

  constructor(socket, request, server, number) {
    this.#socket = socket;
    this.request = request;
    this.server = server;
    this.number = number;
    this.arrivedAt = performance.now();
  }

  /** A complete response; a header that is `null` is left out. */
  respond(status, headers = {}, body = "") {
    this.effect ??= effectOf(status);
    this.respondedAt = performance.now();
    const all = {
      Date: new Date().toUTCString(),
      ...(status !== 204 && { "Content-Length": Buffer.byteLength(body) }),
      ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== null);
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const text = this.request.method === "HEAD" || status === 204 ? "" : body;
    this.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`);
  }

  write(text) {
    this.#socket.write(text);
  }

  /** Closes the connection in order. */
  close() {
    this.#socket.end();
  }

  /** Resets the connection. */
  reset() {
    this.#socket.resetAndDestroy();
  }

  sleep(milliseconds) {
    return sleep(milliseconds);
  }
}

/**
 * Starts a server that handles each request by the step of its number; the last step repeats. `exchanges` are the
 * requests that it read, in order.
 */
export const startServer = async (steps) => {
  const sockets = new Set();
  const exchanges = [];
  let begun = 0;
  const nextStep = () => steps[Math.min(begun, steps.length - 1)];

  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Clients reset connections too.
    socket.on("error", () => {});
    if (nextStep().beforeReading) {
      begun += 1;
      socket.resetAndDestroy();
      return;
    }
    let unread = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      unread = Buffer.concat([unread, bytes]);
      const read = readRequest(unread);
      if (!read) return;
      unread = read.rest;
      const step = nextStep();
      const exchange = new Exchange(socket, read.request, server, begun++);
      exchange.effect = step.effect;
      exchange.requestedDelay = step.requestedDelay;
      exchanges.push(exchange);
      step.handle(exchange);
    });
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));

  const server = {
    origin: `http://127.0.0.1:${listener.address().port}`,
    exchanges,
    stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
  return server;
};
