/** Credentials for Microsoft Entra ID that need only `fetch`. */
import { callable, object, optional, text } from "./arguments.js";
import { Operation, call, fields, yes } from "./core.js";
import type { AccessToken, GetTokenOptions, TokenCredential } from "./credentials.js";
import { RestError } from "./errors.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import type { FetchFunction } from "./platform.js";

/** Options for `new ClientSecretCredential()` and `new ClientAssertionCredential()`. */
export interface ClientCredentialOptions {
  /** URL of the authority, for other clouds. Default: `https://login.microsoftonline.com`. */
  authorityHost?: string;
  /** Function that sends the token requests. Default: the global `fetch`. */
  fetch?: FetchFunction;
}

/** The client credentials flow of OAuth 2.0. */
class ClientCredential implements TokenCredential {
  #url: string;
  #clientId: string;
  #isAssertion: boolean;
  #prove: () => unknown;
  #fetch: FetchFunction | undefined;

  constructor(
    tenantId: string,
    clientId: string,
    isAssertion: boolean,
    prove: () => unknown,
    given: ClientCredentialOptions | undefined,
  ) {
    const options = object(given, "options");
    this.#clientId = text(clientId, "client id", "InvalidCredential");
    this.#url = call(Operation.TokenUrl, [
      text(tenantId, "tenant id", "InvalidCredential"),
      this.#clientId,
      optional(options, "authorityHost", text) ?? "",
    ]);
    this.#isAssertion = isAssertion;
    this.#prove = prove;
    this.#fetch = optional(options, "fetch", callable);
  }

  /**
   * Requests a token.
   *
   * @throws RestError if the request fails or is rejected.
   */
  async getToken(
    scopes: string | string[],
    options?: Pick<GetTokenOptions, "abortSignal">,
  ): Promise<AccessToken> {
    const proof = text(await this.#prove(), "client assertion", "InvalidCredential");
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: call(Operation.TokenForm, [
        yes(this.#isAssertion),
        proof,
        this.#clientId,
        [scopes].flat().join(" "),
      ]),
      redirect: "manual",
      signal: options?.abortSignal,
    };
    let status: number;
    let body: unknown;
    try {
      const response = await (this.#fetch ?? fetch)(this.#url, init);
      status = response.status;
      body = parsed(await response.text());
    } catch (cause) {
      if (options?.abortSignal?.aborted) throw cause;
      throw failure(Failure.Issuer, cause);
    }
    const token = textMember(body, "access_token");
    const error = textMember(body, "error");
    const [lifetime, refresh = ""] = fields(Operation.TokenResponse, [
      proof,
      // Not the time: what is returned then are the seconds from now.
      "0",
      String(status),
      token,
      secondsMember(body, "expires_in"),
      secondsMember(body, "refresh_in"),
      error,
      textMember(body, "error_description"),
    ]);
    if (!lifetime) {
      throw new RestError(refresh, {
        code: error || "CREDENTIAL_ERROR",
        statusCode: status,
        kind: "Unauthorized",
      });
    }
    const now = Date.now();
    return {
      token,
      expiresOnTimestamp: now + Number(lifetime) * 1000,
      ...(refresh && { refreshAfterTimestamp: now + Number(refresh) * 1000 }),
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
