/**
 * What the calls of a client share: its addresses, its options and its credential.
 *
 * Not in here: the calls themselves (`exchange.ts`).
 */
import { accessKey, amount, callable, flag, object, optional, text } from "./arguments.js";
import { Operation, call, fields, now, whole, yes } from "./core.js";
import type { AccessToken, KeyCredential, TokenCredential } from "./credentials.js";
import type { Deadline } from "./deadline.js";
import { argumentError } from "./errors.js";
import { Failure, failure } from "./failures.js";
import { readLog } from "./logging.js";
import type { Log } from "./logging.js";
import type { WebPubSubServiceClientOptions } from "./options.js";
import type { FetchFunction } from "./platform.js";

/** The settings of a client. Nothing of a call is kept in here: runtimes forbid to await another request's I/O. */
export class Service {
  readonly hubName: string;
  readonly endpoint: string;
  readonly apiVersion: string;
  /** The URL of the reverse proxy; empty without one. */
  readonly proxy: string;
  /** The address that clients connect to. */
  readonly clients: string;
  /** The retry policy, as the core reads it. */
  readonly retry: readonly string[];
  readonly timeout: number;
  readonly insecure: boolean;
  readonly userAgentPrefix: string;
  readonly fetch: FetchFunction | undefined;
  readonly log: Log | undefined;
  #scopes: string | string[];
  #credential: Partial<KeyCredential & TokenCredential>;
  #token: AccessToken | undefined;

  /** Without a credential, `target` is a connection string, otherwise an endpoint. */
  constructor(
    target: unknown,
    credential: unknown,
    hubName: unknown,
    given: WebPubSubServiceClientOptions | undefined,
  ) {
    const options = object(given, "client options");
    const isString = credential === undefined;
    this.#credential = isString ? {} : ((credential as KeyCredential | TokenCredential | null) ?? {});
    if (!isString && !this.#issuer && typeof this.#credential.key !== "string") {
      throw argumentError(
        "The credential must be an access key, new AzureKeyCredential(key), or an object with getToken()",
        "InvalidCredential",
      );
    }
    const [
      endpoint = "",
      proxy = "",
      key = "",
      apiVersion = "",
      scope = "",
      timeout,
      retries,
      delay,
      maxDelay,
    ] = fields(Operation.Client, [
      isString
        ? text(target, "connection string", "InvalidConnectionString")
        : text(target, "endpoint", "InvalidEndpoint"),
      yes(isString),
      isString ? "" : this.key,
      (this.hubName = text(hubName, "hub name", "InvalidHub")),
      optional(options, "reverseProxyEndpoint", (value, what) => ` ${text(value, what)}`) ?? "",
    ]);
    if (isString) this.#credential = { key };
    this.endpoint = endpoint;
    this.proxy = proxy;
    this.clients = (optional(options, "reverseProxyClientUrls", flag) && proxy) || endpoint;
    this.apiVersion = optional(options, "apiVersion", text) ?? apiVersion;
    const retry = object(options.retryOptions, 'option "retryOptions"');
    this.retry = [
      whole(optional(retry, "maxRetries", amount) ?? Number(retries)),
      whole(optional(retry, "retryDelayInMs", amount) ?? Number(delay)),
      whole(optional(retry, "maxRetryDelayInMs", amount) ?? Number(maxDelay)),
      yes(optional(retry, "repeatSends", flag)),
    ];
    this.timeout = optional(options, "timeoutInMs", amount) ?? Number(timeout);
    this.fetch = optional(options, "fetch", callable);
    this.insecure = optional(options, "allowInsecureConnection", flag) ?? false;
    this.log = optional(options, "loggingOptions", readLog);
    const userAgent = object(options.userAgentOptions, 'option "userAgentOptions"');
    this.userAgentPrefix = optional(userAgent, "userAgentPrefix", text) ?? "";
    this.#scopes = options.credentialScopes ?? scope;
  }

  /** The properties that clients and groups show. */
  get properties(): PropertyDescriptorMap {
    const { hubName, apiVersion, endpoint } = this;
    return {
      hubName: { value: hubName, enumerable: true },
      apiVersion: { value: apiVersion, enumerable: true },
      endpoint: { value: `${endpoint}/`, enumerable: true },
    };
  }

  get #issuer(): TokenCredential | undefined {
    return typeof this.#credential.getToken === "function"
      ? (this.#credential as TokenCredential)
      : undefined;
  }

  /** The current access key; empty if the credential issues tokens. */
  get key(): string {
    return this.#issuer ? "" : accessKey(this.#credential.key);
  }

  /** Returns a token for a request to `url`. Tokens are cached, promises are not: no call waits for another's. */
  async authorize(url: string, deadline: Deadline): Promise<string> {
    const issuer = this.#issuer;
    if (!issuer) return fields(Operation.RequestToken, [now(), this.key, url])[1] ?? "";
    const kept = this.#token;
    const freshness =
      kept &&
      call(Operation.Freshness, [
        whole(kept.expiresOnTimestamp / 1000),
        kept.refreshAfterTimestamp == null ? "" : whole(kept.refreshAfterTimestamp / 1000),
        now(),
      ]);
    if (kept && freshness === "fresh") return kept.token;
    try {
      const token = await deadline.until(issuer.getToken(this.#scopes, { abortSignal: deadline.signal }));
      if (typeof token?.token !== "string" || typeof token.expiresOnTimestamp !== "number") {
        throw new TypeError(
          "getToken() must return { token, expiresOnTimestamp }, the latter in milliseconds since 1970",
        );
      }
      this.#token = token;
      return token.token;
    } catch (cause) {
      if (deadline.isOver) throw cause;
      // The old one is still valid, and the issuer may have recovered before it expires.
      if (kept && freshness === "stale") return kept.token;
      throw failure(Failure.Credential, cause);
    }
  }
}

/** Creates the settings of a client from the arguments of its constructor. */
export const serviceOf = (target: unknown, rest: unknown[]): Service => {
  // A hub name follows a connection string, a credential follows an endpoint.
  const isString = typeof rest[0] === "string";
  if (rest[0] === undefined) {
    throw argumentError(
      "Pass (connectionString, hubName, options?) or (endpoint, credential, hubName, options?)",
      typeof target === "string" ? "InvalidHub" : "InvalidConnectionString",
    );
  }
  const [credential, hubName, options] = isString ? [undefined, ...rest] : rest;
  return new Service(target, credential, hubName, options as WebPubSubServiceClientOptions | undefined);
};
