/**
 * How a client behaves, and how one call may differ.
 *
 * In here: the options of the client and those that every operation shares. Not in here: the options of single
 * operations (`client.d.ts`, `group.d.ts`, `tokens.d.ts`).
 */
import type { RawResponse } from "./errors.js";
import type { AbortSignalLike, FetchFunction } from "./platform.js";

/**
 * When and how often a failed request is repeated. Every attempt is signed anew.
 *
 * Repeated are network failures and the statuses 408, 429, 500, 502, 503 and 504, except that **a send** is repeated
 * only after 429 and 503, which say that the service did not take it, unless `repeatSends` asks for more: the
 * service cannot tell a repetition from a second message. All other operations have the same effect once or twice.
 */
export interface RetryOptions {
  /** How many times at most, after the first attempt; 3 by default, 0 for never. */
  maxRetries?: number;
  /**
   * The wait before the first repetition, in milliseconds; 1000 by default. It doubles each time, and up to half of
   * it is taken off at random.
   */
  retryDelayInMs?: number;
  /**
   * The longest wait, in milliseconds; 64000 by default. If the service asks for a longer one (`Retry-After`), the
   * call fails at once.
   */
  maxRetryDelayInMs?: number;
  /**
   * Whether a send whose fate is unknown (no answer, another 5xx) is repeated too: clients may then get the message
   * twice. `false` by default.
   */
  repeatSends?: boolean;
}

/** Where log lines go: `console`, or a logger with some of its methods. Each gets a line of text and the details. */
export interface LogSink {
  /** For the level `debug`. */
  debug?(...values: unknown[]): void;
  /** For the level `info`. */
  info?(...values: unknown[]): void;
  /** For the level `warn`. */
  warn?(...values: unknown[]): void;
  /** For the level `error`. */
  error?(...values: unknown[]): void;
  /** For a level whose method is missing. */
  log?(...values: unknown[]): void;
}

/** Which method of a {@link LogSink} is called. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * What is logged of requests and responses: method, URL, headers, status, duration and attempt. Nothing,
 * unless there is a `logger`.
 *
 * Keys and tokens are never logged. The values of headers and query parameters are replaced by `REDACTED`
 * unless they are known to be harmless or are listed here.
 *
 * @example
 * ```ts
 * new WebPubSubServiceClient(connectionString, "chat", { loggingOptions: { logger: console, level: "debug" } });
 * ```
 */
export interface WebPubSubServiceClientLogOptions {
  /** Where the lines go. */
  logger?: LogSink;
  /** The level that the lines have, which is the method that they go to; `info` by default. */
  level?: LogLevel;
  /** Whether bodies are logged too, of requests and of responses but those that hold a token; `false` by default. */
  logBodies?: boolean;
  /** Headers whose values may be shown, beside the harmless ones. Never `Authorization`. */
  additionalAllowedHeaderNames?: readonly string[];
  /** Query parameters whose values may be shown, beside `api-version`. Never `access_token`. */
  additionalAllowedQueryParameters?: readonly string[];
}

/** How the client names itself to the service. */
export interface UserAgentOptions {
  /** Put in front of the `User-Agent` of this package. Some runtimes set the header themselves. */
  userAgentPrefix?: string;
}

/** What the options of all clients have in common. */
export interface CommonClientOptions {
  /** The REST API version to ask for; `2024-12-01` by default. */
  apiVersion?: string;
  /** When and how often a failed request is repeated. */
  retryOptions?: RetryOptions;
  /**
   * How long a call may take in all, in milliseconds: every attempt, the waits between them and getting a token.
   * 60000 by default, 0 for no limit. `requestOptions.timeout` sets another one for a single call.
   */
  timeoutInMs?: number;
  /** How the client names itself. */
  userAgentOptions?: UserAgentOptions;
  /** What requests are sent with: a service binding, a proxy, a test double. The global `fetch` by default. */
  fetch?: FetchFunction;
  /**
   * Lets bearer tokens go over plain `http` to a loopback address, for a local service. Requests that are
   * signed with an access key never carry the key, and may go over `http` without this.
   */
  allowInsecureConnection?: boolean;
}

/** How a {@link WebPubSubServiceClient} behaves. */
export interface WebPubSubServiceClientOptions extends CommonClientOptions {
  /**
   * Where to send requests instead of to the service, for example an Azure API Management endpoint. Its scheme,
   * port and path prefix are kept. What is signed is the URL of the service, as the service will check it.
   */
  reverseProxyEndpoint?: string;
  /**
   * Whether the URLs of `getClientAccessToken` lead to `reverseProxyEndpoint` as well; `false` by default: clients
   * connect to the service itself.
   */
  reverseProxyClientUrls?: boolean;
  /** What is logged; nothing by default. */
  loggingOptions?: WebPubSubServiceClientLogOptions;
  /** What tokens of a {@link TokenCredential} are for; `https://webpubsub.azure.com/.default` by default. */
  credentialScopes?: string | string[];
}

/** How the request of a single call is sent. */
export interface OperationRequestOptions {
  /** Headers to send along, such as `traceparent`. They cannot replace `Authorization`. */
  customHeaders?: { [name: string]: string };
  /**
   * How long the call may take in all, in milliseconds, instead of the client's `timeoutInMs`; 0 for no limit.
   * When it passes, the call fails with a {@link RestError} with the code `REQUEST_TIMEOUT`.
   */
  timeout?: number;
  /** The client's `allowInsecureConnection`, for this call. */
  allowInsecureConnection?: boolean;
}

/** What every operation takes. */
export interface OperationOptions {
  /**
   * Ends the call in whatever phase it is, also while it waits for a repetition. It then rejects with an `Error`
   * with the name `AbortError`; its `cause` is the signal's reason.
   */
  abortSignal?: AbortSignalLike;
  /** How the request is sent. */
  requestOptions?: OperationRequestOptions;
  /** What is logged of this call, instead of what the client says. */
  loggingOptions?: WebPubSubServiceClientLogOptions;
  /**
   * Taken so that existing options still compile. No spans are started: send `traceparent` by
   * `requestOptions.customHeaders`.
   */
  tracingOptions?: { tracingContext?: unknown };
  /**
   * Called with every final response, before the call resolves or rejects; for a list, with that of every page.
   *
   * @param rawResponse - Status, headers, body and request.
   * @param flatResponse - The body, parsed, if it is JSON.
   * @param error - What the call rejects with, if it does.
   */
  onResponse?(rawResponse: RawResponse, flatResponse: unknown, error?: unknown): void;
}
