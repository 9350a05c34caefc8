// What a client is made of: its core, its options, its credential.
import { RetryPolicy, ServiceCore, freshness } from "./wasm.js";
import { amount, callable, flag, object, optional, text } from "./arguments.js";
import { Core } from "./core.js";
import { argumentError, transportError } from "./errors.js";
import { logSettings } from "./logging.js";

const SCOPE = "https://webpubsub.azure.com/.default";
const VERSION = "0.1.0";
const TIMEOUT = 60_000;

/** The inner side of a client. */
export class Service {
  #credential;
  #key;
  #token;
  #scopes;

  constructor(target, credential, hubName, given) {
    const options = object(given, "client options");
    const isConnectionString = credential === undefined;
    const what = isConnectionString ? "connection string" : "endpoint";
    text(target, what, isConnectionString ? "InvalidConnectionString" : "InvalidEndpoint");
    text(hubName, "hub name", "InvalidHub");
    this.#credential = isConnectionString ? undefined : checked(credential);
    this.#key = this.#credential?.getToken ? undefined : this.#credential?.key;
    const settings = [
      optional(options, "apiVersion", text),
      optional(options, "reverseProxyEndpoint", text),
      optional(options, "reverseProxyClientUrls", flag) ?? false,
    ];
    this.core = new Core(ServiceCore, () => [target, isConnectionString, this.#key, hubName, ...settings]);
    const retry = object(options.retryOptions, 'option "retryOptions"');
    const policy = [
      optional(retry, "maxRetries", amount),
      optional(retry, "retryDelayInMs", amount),
      optional(retry, "maxRetryDelayInMs", amount),
      optional(retry, "repeatSends", flag) ?? false,
    ];
    this.retry = new Core(RetryPolicy, () => policy);
    this.timeout = optional(options, "timeoutInMs", amount) ?? TIMEOUT;
    this.fetch = optional(options, "fetch", callable);
    this.insecure = optional(options, "allowInsecureConnection", flag) ?? false;
    this.log = optional(options, "loggingOptions", logSettings);
    const userAgent = object(options.userAgentOptions, 'option "userAgentOptions"');
    const prefix = optional(userAgent, "userAgentPrefix", text);
    this.userAgent = `${prefix ? `${prefix} ` : ""}webpubsub-edge/${VERSION}`;
    this.#scopes = options.credentialScopes ?? SCOPE;
    // Bad input is refused here and not at the first call.
    this.core.get();
  }

  /** The core, with the key of this moment: one that was replaced counts at once. */
  current() {
    const core = this.core.get();
    if (this.#credential && !this.#credential.getToken && this.#credential.key !== this.#key) {
      core.setKey(text(this.#credential.key, "access key", "InvalidAccessKey"));
      this.#key = this.#credential.key;
    }
    return core;
  }

  /** A bearer token is good for every request, unlike a signed one: nobody else may read it. */
  checkConnection(insecure) {
    if (!this.#credential?.getToken || this.core.get().isPrivate(insecure ?? this.insecure)) return;
    throw argumentError(
      "A bearer token is not sent over http, where others could read it: use an https endpoint, or set " +
        "allowInsecureConnection for a service on this machine",
      "INSECURE_CONNECTION",
    );
  }

  /** The token for a request. Tokens are kept, promises are not: nobody waits for another call's. */
  async authorize(audience, abortSignal, until) {
    const credential = this.#credential;
    if (!credential?.getToken) return this.current().sign(audience, Date.now());
    const state = this.#state();
    if (state === 0) return this.#token.token;
    try {
      const token = await until(credential.getToken(this.#scopes, { abortSignal }));
      if (typeof token?.token !== "string" || typeof token.expiresOnTimestamp !== "number") {
        throw new TypeError("getToken must give { token, expiresOnTimestamp }, in milliseconds since 1970");
      }
      this.#token = token;
      return token.token;
    } catch (cause) {
      if (abortSignal.aborted) throw cause;
      // The old one is still good, and the issuer may be up again before it ends.
      if (state === 1) return this.#token.token;
      throw transportError(
        "The credential gave no token: see the cause",
        "CREDENTIAL_ERROR",
        "Unauthorized",
        cause,
      );
    }
  }

  #state() {
    const { expiresOnTimestamp, refreshAfterTimestamp } = this.#token ?? {};
    return expiresOnTimestamp === undefined
      ? 2
      : freshness(expiresOnTimestamp, refreshAfterTimestamp, Date.now());
  }

  free() {
    this.core.free();
    this.retry.free();
  }
}

const checked = (credential) => {
  if (typeof credential?.getToken === "function" || typeof credential?.key === "string") return credential;
  throw argumentError(
    "The credential must be a key, new AzureKeyCredential(key), or a token credential, an object with getToken",
    "InvalidCredential",
  );
};
