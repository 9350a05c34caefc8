/**
 * What the package takes from the runtime: the fetch API, streams, abort signals.
 *
 * In here: the least that each of them must have, so that the types need neither `lib.dom` nor `@types/node`,
 * and the real type wherever the program has one. Not in here: anything that belongs to Web PubSub.
 */

/** The instance type of the global class `Name`, or `Fallback` where the program's libraries declare none. */
type HostInstance<Name extends string, Fallback> =
  typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Fallback;

/** The `AbortSignal` of any runtime or polyfill. */
export interface AbortSignalLike {
  /** Whether it has fired already. */
  readonly aborted: boolean;
  /** What `abort(reason)` was called with: an error, a string, anything. */
  readonly reason?: any;
  /** Calls `listener` when the signal fires. */
  addEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
  /** Takes back what `addEventListener` did. */
  removeEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
}

/** The `Blob` or `File` of any runtime. */
export interface BlobLike {
  /** Its length in bytes. */
  readonly size: number;
  /** Its media type, or an empty string. */
  readonly type: string;
  /** All of its bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The web `ReadableStream` of any runtime. */
export interface ReadableStreamLike {
  /** Whether somebody reads it already. */
  readonly locked: boolean;
  /** Starts reading. */
  getReader(): any;
  /** Says that nobody will read on. */
  cancel(reason?: any): Promise<void>;
}

/** A `Readable` of Node. */
export interface NodeReadableLike {
  /** Sends on what is read. */
  pipe(destination: any, options?: any): any;
  /** Reads. */
  [Symbol.asyncIterator](): AsyncIterator<any>;
}

/** A stream of bytes. */
export type StreamLike = ReadableStreamLike | NodeReadableLike;

/** The `Headers` of any runtime. */
export interface HeadersLike {
  /** The value of a header, its name in any letter case; repeated ones joined by `, `. */
  get(name: string): string | null;
  /** Whether the header is there. */
  has(name: string): boolean;
  /** Calls `callback` for each header. */
  forEach(callback: (value: string, name: string, parent: any) => void): void;
}

/** The `Request` of any runtime: what a webhook arrives as. */
export interface RequestLike {
  /** `POST`, `OPTIONS`, … */
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** The headers. */
  readonly headers: HeadersLike;
  /** The body, not read yet. */
  readonly body: ReadableStreamLike | null;
  /** Reads the body as bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body as text. */
  text(): Promise<string>;
}

/** The `Response` of any runtime, as far as it is the same in all. */
export interface ResponseLike {
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  /** The status code. */
  readonly status: number;
  /** The reason phrase; often empty. */
  readonly statusText: string;
  /** The headers. */
  readonly headers: HeadersLike;
  /** The body, not read yet. */
  readonly body: ReadableStreamLike | null;
  /** Reads the body as bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body as JSON. */
  json(): Promise<any>;
  /** Reads the body as text. */
  text(): Promise<string>;
}

/** The runtime's own `Request` where the program knows one, else the least of it. */
export type HostRequest = HostInstance<"Request", RequestLike>;

/** The runtime's own `Response` where the program knows one, else the least of it. */
export type HostResponse = HostInstance<"Response", ResponseLike>;

/** The second argument of a {@link FetchFunction}: the `RequestInit` of any runtime, as far as it is used here. */
export interface FetchInit {
  /** `GET`, `POST`, … */
  method?: string;
  /** The headers, `Authorization` among them. */
  headers?: Record<string, string>;
  /** The body, as the caller gave it. */
  body?: any;
  /** Fires when the caller aborts or the deadline passes. */
  signal?: any;
  /** What to do with a redirect. */
  redirect?: any;
}

/**
 * A function that is called as the global `fetch` is.
 *
 * @example
 * ```ts
 * // through a service binding of a Cloudflare Worker
 * new WebPubSubServiceClient(connectionString, "chat", { fetch: (input, init) => env.EGRESS.fetch(input, init) });
 * ```
 */
export type FetchFunction = (input: string | HostRequest, init?: FetchInit) => Promise<HostResponse>;

/** What a runtime gives beside the request, such as the `ctx` of a Worker: lets work outlive the response. */
export interface ExecutionContextLike {
  /** Keeps the runtime alive until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
}

/** The request of a Node server, or what Express makes of it. */
export interface IncomingMessageLike {
  /** `POST`, `OPTIONS`, … */
  method?: string;
  /** The path and the query, without the prefix that a router is mounted at. */
  url?: string;
  /** The path and the query, as they came. */
  originalUrl?: string;
  /** The headers, names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Reads the body. */
  [Symbol.asyncIterator](): AsyncIterator<any>;
}

/** The response of a Node server, or what Express makes of it. */
export interface ServerResponseLike {
  /** The HTTP status to answer with. */
  statusCode: number;
  /** Sets a header. */
  setHeader(name: string, value: string): unknown;
  /** Sends the response. */
  end(body?: any): unknown;
}

/** `{ [Symbol.dispose](): void }` where the program's libraries know `Symbol.dispose`, else nothing. */
export type DisposableLike = SymbolConstructor extends { readonly dispose: infer Dispose extends symbol }
  ? { [Name in Dispose]: () => void }
  : {};

export {};
