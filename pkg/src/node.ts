/** The adapter for Node servers, Connect and Express. It imports none of Node's modules. */
import type {
  ExecutionContextLike,
  HostResponse,
  IncomingMessageLike,
  NodeMiddleware,
  RequestLike,
  ServerResponseLike,
} from "./platform.js";

/** The methods of an event handler that the middleware calls. */
export interface FetchHandler {
  /** Returns nothing for a request that is not for this handler. */
  handle(request: RequestLike, ctx: ExecutionContextLike): Promise<HostResponse | undefined>;
  /** Returns a response for every request. */
  fetch(request: RequestLike, ctx: ExecutionContextLike): Promise<HostResponse>;
}

/** Creates a function `(req, res, next?)` for `http.createServer`, Connect and Express. */
export const middleware =
  (handler: FetchHandler): NodeMiddleware =>
  async (req, res, next) => {
    try {
      const request = webRequest(req, res);
      const response = await (next ? handler.handle(request, CONTEXT) : handler.fetch(request, CONTEXT));
      if (!response) return next?.();
      res.statusCode = response.status;
      response.headers.forEach((value, name) => res.setHeader(name, value));
      res.end(new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      if (next) return next(error);
      res.statusCode = 500;
      res.end();
    }
  };

// A Node process outlives its responses, and event handlers report their errors themselves.
const CONTEXT: ExecutionContextLike = { waitUntil() {} };

const webRequest = (req: IncomingMessageLike, res: ServerResponseLike): Request => {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headers)) {
    // HTTP/2 has parts of the request line among the headers.
    if (!name.startsWith(":")) for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  const disconnect = new AbortController();
  res.once?.("close", () => {
    if (!res.writableEnded) disconnect.abort();
  });
  const target = req.originalUrl ?? req.url ?? "";
  // The handler ignores the host of the URL; the Host header is kept.
  const url = new URL(target.startsWith("/") ? `http://localhost${target}` : "http://localhost/");
  return new Request(url, { method: req.method, headers, signal: disconnect.signal, ...body(req) });
};

/** The members of `RequestInit` for the body. */
const body = (req: IncomingMessageLike): { body?: unknown; duplex?: "half" } => {
  if (req.method !== "POST") return {};
  // After a body parser, the parsed value is serialized again: the signature does not cover the body.
  const parsed: unknown = req.rawBody ?? (req.readableDidRead ? req.body : undefined);
  if (parsed !== undefined) {
    const isRaw = typeof parsed === "string" || ArrayBuffer.isView(parsed);
    return { body: isRaw ? parsed : JSON.stringify(parsed) };
  }
  const chunks = req[Symbol.asyncIterator]();
  const source = {
    async pull(controller: ReadableStreamController): Promise<void> {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
    },
  };
  // No chunk is read before it is needed, so that requests for other handlers are passed on untouched.
  return { body: new ReadableStream(source, { highWaterMark: 0 }), duplex: "half" };
};
