/**
 * The options of a client, and those that every operation shares.
 *
 * Not in here: the options of single operations (`client-options.ts`, `group-options.ts`, `tokens.ts`).
 */
import type { RawResponse } from "./errors.js";
import type { AbortSignalLike, FetchFunction } from "./platform.js";

/**
 * Options for retries of failed requests. Every attempt is signed anew.
 *
 * Requests are retried after network failures and the statuses 408, 429, 500, 502, 503 and 504. **Sends** are
 * retried only after 429 and 503, which mean that the message was rejected, unless `repeatSends` is set: the service
 * cannot distinguish a retry from a second message. All other operations are idempotent.
 */
export interface RetryOptions {
  /** Maximum number of retries after the first attempt; 0 disables retries. Default: 3. */
  maxRetries?: number;
  /**
   * Delay before the first retry, in milliseconds. It doubles with each retry, and is shortened by up to half at
   * random. Default: 1000.
   */
  retryDelayInMs?: number;
  /**
   * Maximum delay before a retry, in milliseconds. The call fails at once when the service requests a longer one
   * (`Retry-After`). Default: 64000.
   */
  maxRetryDelayInMs?: number;
  /**
   * Whether sends are retried also when their outcome is unknown (no response, another 5xx). Clients may then
   * receive a message twice. Default: `false`.
   */
  repeatSends?: boolean;
}

/** The destination of log lines: `console`, or a logger with some of its methods. Arguments: a line, its details. */
export interface LogSink {
  /** Logs at the level `debug`. */
  debug?(...values: unknown[]): void;
  /** Logs at the level `info`. */
  info?(...values: unknown[]): void;
  /** Logs at the level `warn`. */
  warn?(...values: unknown[]): void;
  /** Logs at the level `error`. */
  error?(...values: unknown[]): void;
  /** Logs at any level whose method is missing. */
  log?(...values: unknown[]): void;
}

/** The level of a log line, which is the name of the {@link LogSink} method that receives it. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Options for the logging of requests and responses: method, URL, headers, status, duration and attempt. Nothing is
 * logged without a `logger`.
 *
 * Keys and tokens are never logged. The values of headers and query parameters are replaced by `REDACTED` unless
 * they are known to be harmless or are listed here.
 *
 * @example
 * ```ts
 * new WebPubSubServiceClient(connectionString, "chat", { loggingOptions: { logger: console, level: "debug" } });
 * ```
 */
export interface WebPubSubServiceClientLogOptions {
  /** Destination of the log lines. Default: none. */
  logger?: LogSink;
  /** Level of the log lines. Default: `info`. */
  level?: LogLevel;
  /** Whether the bodies of requests and responses are logged, except those with a token. Default: `false`. */
  logBodies?: boolean;
  /** Headers whose values are logged, in addition to the harmless ones; `Authorization` never is. */
  additionalAllowedHeaderNames?: readonly string[];
  /** Query parameters whose values are logged, in addition to `api-version`; `access_token` never is. */
  additionalAllowedQueryParameters?: readonly string[];
}

/** Options for the `User-Agent` header. */
export interface UserAgentOptions {
  /** Prefix of this package's `User-Agent`. Some runtimes set the header themselves. */
  userAgentPrefix?: string;
}

/** Options common to all clients. */
export interface CommonClientOptions {
  /** REST API version. Default: `2024-12-01`. */
  apiVersion?: string;
  /** Retries of failed requests. */
  retryOptions?: RetryOptions;
  /**
   * Maximum time for a call, in milliseconds, including all attempts, the delays between them and the token request;
   * 0 for no limit. `requestOptions.timeout` overrides it for one call. Default: 60000.
   */
  timeoutInMs?: number;
  /** The `User-Agent` header. */
  userAgentOptions?: UserAgentOptions;
  /** Function that sends the requests: a service binding, a proxy, a test double. Default: the global `fetch`. */
  fetch?: FetchFunction;
  /**
   * Whether requests may be sent over plain `http`: those signed with an access key to any address, those with a bearer
   * token to a loopback address. Signed requests to a loopback address do not need this. Default: `false`.
   */
  allowInsecureConnection?: boolean;
}

/** Options for `new WebPubSubServiceClient()`. */
export interface WebPubSubServiceClientOptions extends CommonClientOptions {
  /**
   * URL that requests are sent to instead of the service, such as an Azure API Management endpoint. Its scheme, port
   * and path prefix are kept. Requests are signed for the URL of the service, which is the one the service checks.
   */
  reverseProxyEndpoint?: string;
  /**
   * Whether the URLs of `getClientAccessToken()` point to `reverseProxyEndpoint` too, instead of the service.
   * Default: `false`.
   */
  reverseProxyClientUrls?: boolean;
  /** Logging of requests and responses. Default: none. */
  loggingOptions?: WebPubSubServiceClientLogOptions;
  /**
   * Maximum size of a response, in bytes, after decompression: a positive integer. The call then fails with a
   * {@link RestError} with the code `PARSE_ERROR`. Default: 4194304 (4 MiB).
   */
  maxResponseBytes?: number;
  /**
   * Additional headers of every request to the service, or a function that returns them, such as `traceparent`. A
   * function is called once per call, and once per page of a list: all attempts have the same headers. If it throws or
   * returns anything but an object of strings, the call fails before the request. `requestOptions.customHeaders` and
   * the headers of `sendRequest()` replace headers of the same name; none of them can replace `Authorization`.
   *
   * @example
   * ```ts
   * new WebPubSubServiceClient(connectionString, "chat", { customHeaders: () => ({ traceparent: currentTraceparent() }) });
   * ```
   */
  customHeaders?: Record<string, string | undefined> | (() => Record<string, string | undefined>);
  /** Scopes of the tokens of a {@link TokenCredential}. Default: `https://webpubsub.azure.com/.default`. */
  credentialScopes?: string | string[];
}

/** Options for the request of a single call. */
export interface OperationRequestOptions {
  /** Additional headers, such as `traceparent`. They cannot replace `Authorization`. */
  customHeaders?: { [name: string]: string };
  /**
   * Maximum time for the call, in milliseconds; 0 for no limit. The call then fails with a {@link RestError} with
   * the code `REQUEST_TIMEOUT`. Default: the client's `timeoutInMs`.
   */
  timeout?: number;
  /** Overrides the client's `allowInsecureConnection`. */
  allowInsecureConnection?: boolean;
}

/** Options common to all operations. */
export interface OperationOptions {
  /**
   * Signal that aborts the call in any phase, also during the delay before a retry. The call then rejects with an
   * `Error` with the name `AbortError`, whose `cause` is the signal's reason.
   */
  abortSignal?: AbortSignalLike;
  /** Options for the request. */
  requestOptions?: OperationRequestOptions;
  /** Logging of this call. Default: the client's `loggingOptions`. */
  loggingOptions?: WebPubSubServiceClientLogOptions;
  /**
   * Callback for every final response, before the call resolves or rejects; for a list, once per page.
   *
   * @param rawResponse - Status, headers, body and request.
   * @param flatResponse - The parsed body if it is JSON.
   * @param error - The error that the call rejects with, if any.
   */
  onResponse?(rawResponse: RawResponse, flatResponse: unknown, error?: unknown): void;
}
