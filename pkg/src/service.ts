/**
 * What the calls of a client share: its addresses, its options and its credential.
 *
 * Not in here: the calls themselves (`exchange.ts`).
 */
import { accessKey, amount, callable, flag, limit, object, optional, pairsOf, text } from "./arguments.js";
import { BearerTokens } from "./bearer.js";
import { Operation, fields, now, yes } from "./core.js";
import type { KeyCredential, TokenCredential } from "./credentials.js";
import type { Deadline } from "./deadline.js";
import { argumentError } from "./errors.js";
import { readLog } from "./logging.js";
import type { Log } from "./logging.js";
import type { WebPubSubServiceClientOptions } from "./options.js";
import type { FetchFunction } from "./platform.js";
import { readRetry } from "./retry.js";

const CLIENT_OPTIONS: readonly (keyof WebPubSubServiceClientOptions)[] = [
  "reverseProxyEndpoint",
  "reverseProxyClientUrls",
  "apiVersion",
  "retryOptions",
  "timeoutInMs",
  "fetch",
  "allowInsecureConnection",
  "loggingOptions",
  "userAgentOptions",
  "maxResponseBytes",
  "credentialScopes",
  "customHeaders",
];

/** The settings of a client. Nothing of a call is kept in here: runtimes forbid to await another request's I/O. */
export class Service {
  declare readonly hubName: string;
  declare readonly endpoint: string;
  declare readonly apiVersion: string;
  /** The URL of the reverse proxy; empty without one. */
  declare readonly proxy: string;
  /** The address that clients connect to. */
  declare readonly clients: string;
  /** The retry policy, as the core reads it. */
  declare readonly retry: readonly (string | number)[];
  declare readonly timeout: number;
  declare readonly insecure: boolean;
  declare readonly userAgentPrefix: string;
  declare readonly fetch: FetchFunction | undefined;
  declare readonly log: Log | undefined;
  /** Returns the headers of every request. */
  declare readonly customHeaders: (() => [name: string, value: string][]) | undefined;
  declare readonly maxResponseBytes: number;
  #credential: Partial<KeyCredential & TokenCredential>;
  #tokens: BearerTokens | undefined;

  /** Without a credential, `target` is a connection string, otherwise an endpoint. */
  constructor(
    target: unknown,
    credential: unknown,
    hubName: unknown,
    given: WebPubSubServiceClientOptions | undefined,
  ) {
    const options = object(given, "client options", CLIENT_OPTIONS);
    const isString = credential === undefined;
    this.#credential = isString ? {} : ((credential as KeyCredential | TokenCredential | null) ?? {});
    const issuer = typeof this.#credential.getToken === "function" && (this.#credential as TokenCredential);
    if (!isString && !issuer && typeof this.#credential.key !== "string") {
      throw argumentError(
        "The credential must be an access key, new AzureKeyCredential(key), or an object with getToken()",
        "InvalidCredential",
      );
    }
    const [endpoint, proxy, key, apiVersion, scope, timeout, maxResponseBytes] = fields<
      [string, string, string, string, string, string, string]
    >(Operation.Client, [
      isString
        ? text(target ?? "", "connection string", "InvalidConnectionString")
        : text(target, "endpoint", "InvalidEndpoint"),
      yes(isString),
      isString || issuer ? "" : this.key,
      (this.hubName = text(hubName, "hub name", "InvalidHub")),
      optional(options, "reverseProxyEndpoint", (value, what) => ` ${text(value, what)}`) ?? "",
    ]);
    if (isString) this.#credential = { key };
    this.endpoint = endpoint;
    this.proxy = proxy;
    this.clients = (optional(options, "reverseProxyClientUrls", flag) && proxy) || endpoint;
    this.apiVersion = optional(options, "apiVersion", text) ?? apiVersion;
    this.retry = readRetry(options.retryOptions);
    this.timeout = optional(options, "timeoutInMs", amount) ?? Number(timeout);
    this.fetch = optional(options, "fetch", callable);
    this.insecure = optional(options, "allowInsecureConnection", flag) ?? false;
    this.log = optional(options, "loggingOptions", readLog);
    this.customHeaders = optional(options, "customHeaders", headersOf);
    const userAgent = object(options.userAgentOptions, 'option "userAgentOptions"', ["userAgentPrefix"]);
    this.userAgentPrefix = optional(userAgent, "userAgentPrefix", text) ?? "";
    this.maxResponseBytes = optional(options, "maxResponseBytes", limit) ?? Number(maxResponseBytes);
    if (issuer) this.#tokens = new BearerTokens(issuer, options.credentialScopes ?? scope);
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

  /** The current access key; empty if the credential issues tokens. */
  get key(): string {
    return this.#tokens ? "" : accessKey(this.#credential.key);
  }

  /** Returns a token for a request to `url`; `claims` are those of a challenge. */
  async authorize(url: string, deadline: Deadline, claims: string): Promise<string> {
    return this.#tokens
      ? this.#tokens.get(deadline, claims)
      : fields<[url: string, token: string]>(Operation.RequestToken, [now(), this.key, url])[1];
  }

  /** Forgets a token that the service refused; whether it was one that an issuer gave. */
  refused(token: string): boolean {
    this.#tokens?.forget(token);
    return !!this.#tokens;
  }
}

/** Reads the headers of every request: once, or by a function for each of them. */
const headersOf = (
  value: NonNullable<WebPubSubServiceClientOptions["customHeaders"]>,
  what: string,
): (() => [name: string, value: string][]) => {
  if (typeof value === "function") return () => pairsOf(value(), `result of the ${what}`);
  const headers = pairsOf(value, what);
  return () => headers;
};

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
