/** Credentials for Microsoft Entra ID that need only `fetch`. */
import { callable, object, optional, text } from "./arguments.js";
import { Operation, call, fields, listOf, yes } from "./core.js";
import type { AccessToken, GetTokenOptions, TokenCredential } from "./credentials.js";
import { within } from "./deadline.js";
import { RestError } from "./errors.js";
import type { RestErrorKind } from "./errors.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import type { RetryOptions } from "./options.js";
import type { FetchFunction, FetchInit } from "./platform.js";
import { readRetry } from "./retry.js";
import { judge, transfer } from "./transfer.js";

/** Options for `new ClientSecretCredential()` and `new ClientAssertionCredential()`. */
export interface ClientCredentialOptions {
  /** URL of the authority, for other clouds. Default: `https://login.microsoftonline.com`. */
  authorityHost?: string;
  /** Function that sends the token requests. Default: the global `fetch`. */
  fetch?: FetchFunction;
  /** Retries of token requests, after network failures and the statuses 408, 429, 500, 502, 503 and 504. */
  retryOptions?: Omit<RetryOptions, "repeatSends">;
}

/** When a token ends and when to ask for a new one, in seconds from now; or nothing, and the failure. */
type Issued =
  | [lifetime: string, refreshIn: string, code?: undefined, message?: undefined]
  | [lifetime: string, kind: string, code: string, message: string];

/** The client credentials flow of OAuth 2.0. */
class ClientCredential implements TokenCredential {
  #url: string;
  #clientId: string;
  #isAssertion: boolean;
  #prove: () => unknown;
  #fetch: FetchFunction | undefined;
  #retry: readonly (string | number)[];
  #timeout: number;
  #limit: number;

  constructor(
    tenantId: string,
    clientId: string,
    isAssertion: boolean,
    prove: () => unknown,
    given: ClientCredentialOptions | undefined,
  ) {
    const options = object(given, "options", ["authorityHost", "fetch", "retryOptions"]);
    this.#clientId = text(clientId, "client id", "InvalidCredential");
    const [url, timeout, limit] = fields<[string, string, string]>(Operation.TokenUrl, [
      text(tenantId, "tenant id", "InvalidCredential"),
      this.#clientId,
      optional(options, "authorityHost", text) ?? "",
    ]);
    this.#url = url;
    this.#timeout = Number(timeout);
    this.#limit = Number(limit);
    this.#isAssertion = isAssertion;
    this.#prove = prove;
    this.#fetch = optional(options, "fetch", callable);
    this.#retry = readRetry(options.retryOptions);
  }

  /**
   * Requests a token.
   *
   * @throws RestError if the request fails or is rejected: of the kind `Unauthorized`, `TooManyRequests`, `Server` or
   *   `Network`, or `Timeout` after 60 s with all attempts, unless `requestOptions.timeout` says otherwise.
   */
  async getToken(
    scopes: string | string[],
    options?: Pick<GetTokenOptions, "abortSignal" | "claims" | "requestOptions">,
  ): Promise<AccessToken> {
    const proof = text(await this.#prove(), "client assertion", "InvalidCredential");
    const method = "POST";
    const body = call(Operation.TokenForm, [
      yes(this.#isAssertion),
      proof,
      this.#clientId,
      listOf(scopes).join(" "),
      options?.claims ?? "",
    ]);
    const timeout = options?.requestOptions?.timeout ?? this.#timeout;
    const attempt = await within(options?.abortSignal ?? undefined, timeout, async (deadline) => {
      const init: FetchInit = {
        method,
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
        body,
        redirect: "manual",
        signal: deadline.signal,
      };
      for (let number = 1; ; number++) {
        const attempt = await transfer(this.#fetch, this.#url, init, deadline, this.#limit, number);
        const [delay, , message] = judge(["200", "1", ...this.#retry], method, attempt);
        if (!delay || message !== undefined) return attempt;
        await deadline.sleep(Number(delay));
      }
    });
    if (attempt.error) throw failure(Failure.Issuer, attempt.error.cause);
    const status = attempt.response?.status;
    const response = parsed(attempt.text);
    const token = textMember(response, "access_token");
    const [lifetime, second, code, message] = fields<string[] & Issued>(Operation.TokenResponse, [
      proof,
      // Not the time: what is returned then are the seconds from now.
      "0",
      `${status}`,
      token,
      secondsMember(response, "expires_in"),
      secondsMember(response, "refresh_in"),
      textMember(response, "error"),
      textMember(response, "error_description"),
    ]);
    if (message !== undefined) {
      throw new RestError(message, { code, statusCode: status, kind: second as RestErrorKind });
    }
    const now = Date.now();
    return {
      token,
      expiresOnTimestamp: now + Number(lifetime) * 1000,
      ...(second && { refreshAfterTimestamp: now + Number(second) * 1000 }),
      tokenType: "Bearer",
    };
  }
}

/** A number of seconds, which some issuers write as text. */
const secondsMember = (body: unknown, name: string): string => {
  const value = (body as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === "number" ? String(value) : textMember(body, name);
};

/**
 * An application that authenticates to Microsoft Entra ID with a client secret. Needs only `fetch`.
 *
 * The application must have the role "Web PubSub Service Owner" on the resource.
 *
 * @example
 * ```ts
 * const credential = new ClientSecretCredential(env.TENANT_ID, env.CLIENT_ID, env.CLIENT_SECRET);
 * const service = new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat");
 * ```
 */
export class ClientSecretCredential extends ClientCredential {
  /**
   * @param tenantId - The tenant (directory) of the application: an id or a domain name.
   * @param clientId - The application (client) id.
   * @param clientSecret - The value of a client secret; never printed.
   * @throws TypeError with the code `InvalidCredential` if one of them is not a string or is blank.
   */
  constructor(tenantId: string, clientId: string, clientSecret: string, options?: ClientCredentialOptions) {
    const secret = text(clientSecret, "client secret", "InvalidCredential");
    // Checks the secret now and not at the first request.
    call(Operation.TokenForm, ["", secret, "", ""]);
    super(tenantId, clientId, false, () => secret, options);
  }
}

/**
 * An application that authenticates to Microsoft Entra ID with a signed assertion, as workload identity federation
 * does. Needs only `fetch`.
 *
 * @example
 * ```ts
 * const credential = new ClientAssertionCredential(env.TENANT_ID, env.CLIENT_ID, () => platform.identityToken());
 * ```
 */
export class ClientAssertionCredential extends ClientCredential {
  /**
   * @param tenantId - The tenant (directory) of the application: an id or a domain name.
   * @param clientId - The application (client) id.
   * @param getAssertion - Returns the assertion, a JWT; called for each token request.
   * @throws TypeError with the code `InvalidCredential` or `InvalidOption` if an argument has the wrong type or is
   *   blank.
   */
  constructor(
    tenantId: string,
    clientId: string,
    getAssertion: () => Promise<string>,
    options?: ClientCredentialOptions,
  ) {
    super(tenantId, clientId, true, callable(getAssertion, "getAssertion"), options);
  }
}
