/**
 * The parts of the runtime that the package uses: the fetch API, streams, abort signals, Node's HTTP.
 *
 * In here: the least that each of them must have, so that the types need neither `lib.dom` nor `@types/node`,
 * and the runtime's own type wherever the program declares one. Not in here: anything specific to Web PubSub.
 */

/** The instance type of the global class `Name`, or `Fallback` where the program's libraries declare none. */
type HostInstance<Name extends string, Fallback> =
  typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Fallback;

/** The `AbortSignal` of any runtime or polyfill. */
export interface AbortSignalLike {
  /** Whether the signal has fired. */
  readonly aborted: boolean;
  /** The argument of `abort(reason)`, of any type. */
  readonly reason?: any;
  /** Registers `listener`, which is called when the signal fires. */
  addEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
  /** Removes a listener that `addEventListener` registered. */
  removeEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
}

/** The `Blob` or `File` of any runtime. */
export interface BlobLike {
  /** The length in bytes. */
  readonly size: number;
  /** The media type, or an empty string. */
  readonly type: string;
  /** Reads all bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The web `ReadableStream` of any runtime. */
export interface ReadableStreamLike {
  /** Whether the stream has a reader. */
  readonly locked: boolean;
  /** Locks the stream and returns its reader. */
  getReader(): unknown;
  /** Cancels the stream. */
  cancel(reason?: any): Promise<void>;
}

/** The `Readable` of Node's `node:stream`. */
export interface NodeReadableLike {
  /** Forwards the chunks to a writable stream. */
  pipe(destination: any, options?: any): unknown;
  /** Iterates over the chunks. */
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

/** A stream of bytes. */
export type StreamLike = ReadableStreamLike | NodeReadableLike;

/** The `Headers` of any runtime. */
export interface HeadersLike {
  /** The value of a header, or `null`. Names are case-insensitive; repeated values are joined by `, `. */
  get(name: string): string | null;
  /** Whether the header is present. */
  has(name: string): boolean;
  /** Calls `callback` for each header. */
  forEach(callback: (value: string, name: string, parent: any) => void): void;
}

/** The `Request` of any runtime: the form in which webhooks arrive. */
export interface RequestLike {
  /** The HTTP method: `POST`, `OPTIONS`, … */
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** The headers. */
  readonly headers: HeadersLike;
  /** The body as a stream. */
  readonly body: ReadableStreamLike | null;
  /** Whether the body has been read. */
  readonly bodyUsed?: boolean;
  /** Fires when the client disconnects. */
  readonly signal?: AbortSignalLike | null;
  /** Reads the body as bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body as text. */
  text(): Promise<string>;
}

/** The `Response` of any runtime, limited to the members that all of them share. */
export interface ResponseLike {
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  /** The status code. */
  readonly status: number;
  /** The reason phrase; often empty. */
  readonly statusText: string;
  /** The headers. */
  readonly headers: HeadersLike;
  /** The body as a stream. */
  readonly body: ReadableStreamLike | null;
  /** Reads the body as bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body as JSON. */
  json(): Promise<unknown>;
  /** Reads the body as text. */
  text(): Promise<string>;
}

/** The runtime's own `Request` where the program declares one, else {@link RequestLike}. */
export type HostRequest = HostInstance<"Request", RequestLike>;

/** The runtime's own `Response` where the program declares one, else {@link ResponseLike}. */
export type HostResponse = HostInstance<"Response", ResponseLike>;

/** The runtime's own `WebAssembly.Module` where the program declares one, else any object. */
export type HostModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : object;

/** The second argument of a {@link FetchFunction}: the members of `RequestInit` that the client sets. */
export interface FetchInit {
  /** The HTTP method. */
  method?: string;
  /** The headers, including `Authorization`. */
  headers?: Record<string, string>;
  /** The body, as the caller passed it; a stream has been read to its end. */
  body?: any;
  /** Fires when the caller aborts the call or the call times out. */
  signal?: any;
  /** The handling of redirects: always `manual`. */
  redirect?: any;
}

/**
 * A function with the signature of the global `fetch`.
 *
 * @example
 * ```ts
 * // through a service binding of a Cloudflare Worker
 * new WebPubSubServiceClient(connectionString, "chat", { fetch: (input, init) => env.EGRESS.fetch(input, init) });
 * ```
 */
export type FetchFunction = (input: string | HostRequest, init?: FetchInit) => Promise<HostResponse>;

/** The execution context that a runtime passes beside the request, such as the `ctx` of a Worker. */
export interface ExecutionContextLike {
  /** Keeps the runtime alive until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
}

/** The request of a Node server, Connect or Express. */
export interface IncomingMessageLike {
  /** The HTTP method: `POST`, `OPTIONS`, … */
  method?: string;
  /** The path and the query, without the prefix that a router is mounted at. */
  url?: string;
  /** The path and the query, as they arrived. */
  originalUrl?: string;
  /** The headers, names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Whether the body has been read. */
  readableDidRead?: boolean;
  /** Whether the body is on its way to listeners. */
  readableFlowing?: boolean | null;
  /** The body as a body parser stored it: the parsed value. */
  body?: any;
  /** The body as some platforms store it: the bytes. */
  rawBody?: any;
  /** Registers a listener. */
  on?(event: string, listener: (value: any) => void): unknown;
  /** Iterates over the chunks of the body. */
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

/** The response of a Node server, Connect or Express. */
export interface ServerResponseLike {
  /** The HTTP status to send. */
  statusCode: number;
  /** Whether `end` has been called. */
  readonly writableEnded?: boolean;
  /** Sets a header. */
  setHeader(name: string, value: string): unknown;
  /** Sends the response. */
  end(body?: any): unknown;
  /** Registers a listener for the end of the connection. */
  once?(event: "close", listener: () => void): unknown;
}

/** A request handler for `http.createServer`, Connect and Express. */
export type NodeMiddleware = (
  request: IncomingMessageLike,
  response: ServerResponseLike,
  next?: (error?: any) => void,
) => Promise<void>;

/** `{ [Symbol.dispose](): void }` where the program's libraries declare `Symbol.dispose`, else no members. */
export type DisposableLike = SymbolConstructor extends { readonly dispose: infer Dispose extends symbol }
  ? { [Name in Dispose]: () => void }
  : {};
