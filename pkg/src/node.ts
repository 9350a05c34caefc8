/** The adapter for Node servers, Connect and Express. It imports none of Node's modules. */
import { listOf } from "./core.js";
import { bodyUsed } from "./event-body.js";
import { parsed } from "./failures.js";
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
      if (!response) {
        void request.body?.cancel();
        return next?.();
      }
      res.statusCode = response.status;
      response.headers.forEach((value, name) => res.setHeader(name, value));
      // Most responses have no body, and even an empty one takes a while to read.
      res.end(response.body ? new Uint8Array(await response.arrayBuffer()) : undefined);
    } catch (error) {
      if (next) return next(error);
      res.statusCode = 500;
      res.end();
    }
  };

// A Node process outlives its responses, and event handlers report their errors themselves.
const CONTEXT: ExecutionContextLike = { waitUntil() {} };

const webRequest = (req: IncomingMessageLike, res: ServerResponseLike): Request => {
  const headers: [name: string, value: string][] = [];
  for (const [name, values] of Object.entries(req.headers)) {
    // HTTP/2 has parts of the request line among the headers.
    if (!name.startsWith(":")) for (const value of listOf(values)) headers.push([name, value]);
  }
  const disconnect = new AbortController();
  res.once?.("close", () => {
    if (!res.writableEnded) disconnect.abort();
  });
  const target = req.originalUrl ?? req.url ?? "";
  // The handler ignores the host of the URL; the Host header is kept.
  const url = new URL(target.startsWith("/") ? `http://localhost${target}` : "http://localhost/");
  // Of methods that a Request may not have, only that they are not the handler's matters.
  const method = /^(CONNECT|TRACE|TRACK)$/i.test(req.method ?? "") ? "HEAD" : req.method;
  return new Request(url, { method, headers, signal: disconnect.signal, ...body(req) });
};

/** The members of `RequestInit` for the body. */
const body = (req: IncomingMessageLike): { body?: unknown; duplex?: "half" } => {
  const length = Number(req.headers["content-length"] ?? NaN);
  if (req.method !== "POST" || length === 0) return {};
  const left = leftBody(req, length);
  if (left !== undefined) return { body: left };
  const isFlowing = req.readableFlowing && req.on && !req.readableDidRead;
  const source = isFlowing ? flowing(req) : waiting(req, length);
  return { body: new ReadableStream(source, { highWaterMark: 0 }), duplex: "half" };
};

/** The body as platforms and body parsers leave it; nothing if they leave none, or none that is the same. */
const leftBody = (req: IncomingMessageLike, length: number): unknown => {
  const type = String(req.headers["content-type"]).toLowerCase();
  const isJson = type.startsWith("application/json");
  const isText = isJson || type.startsWith("text/plain");
  const { rawBody } = req;
  if (isBytes(rawBody) || (isText && typeof rawBody === "string")) return rawBody;
  const { body } = req;
  if (!req.readableDidRead || body === undefined) return undefined;
  if (isBytes(body)) return body;
  if (isJson && !(typeof body === "string" && isRaw(body, length))) {
    // The parsed value is serialized again: the signature does not cover the body.
    return JSON.stringify(body);
  }
  return isText && typeof body === "string" ? body : undefined;
};

const isBytes = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** Whether a string that a parser left is the JSON of the body, and not the string that it is the JSON of. */
const isRaw = (text: string, length: number): boolean =>
  parsed(text) !== undefined && (Number.isNaN(length) || new TextEncoder().encode(text).length === length);

/** The source of a body that nobody has begun to read: no chunk is read before the handler wants one. */
const waiting = (req: IncomingMessageLike, length: number): StreamSource => {
  let chunks: AsyncIterator<unknown> | undefined;
  let left = length;
  return {
    async pull(controller) {
      // Also if somebody has read it in the meantime.
      if (!chunks && req.readableDidRead) throw bodyUsed();
      chunks ??= req[Symbol.asyncIterator]();
      const { done, value } = await chunks.next();
      if (done) {
        // What is missing was read by somebody else at the same time; NaN is a length that is not known.
        if (left > 0) throw bodyUsed();
        return controller.close();
      }
      const chunk = (typeof value === "string" ? new TextEncoder().encode(value) : value) as Uint8Array;
      left -= chunk.byteLength;
      controller.enqueue(chunk);
    },
  };
};

/** The source of a body that flows to somebody else: it would be gone when the handler wants it, so both get it. */
const flowing = (req: IncomingMessageLike): StreamSource => {
  let isOpen = true;
  return {
    start(controller) {
      const ending = (act: () => void) => () => {
        if (isOpen) act();
        isOpen = false;
      };
      req.on?.("data", (chunk) => {
        if (isOpen) controller.enqueue(chunk);
      });
      req.on?.(
        "end",
        ending(() => controller.close()),
      );
      req.on?.(
        "close",
        ending(() => controller.error(new Error("The connection closed"))),
      );
    },
    cancel() {
      isOpen = false;
    },
  };
};
