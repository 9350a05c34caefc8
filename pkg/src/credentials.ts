/**
 * The credentials of a client: access keys, and the interface of Microsoft Entra ID credentials.
 *
 * Not in here: the credentials for Microsoft Entra ID that come with the package (`entra.ts`), and the tokens that
 * clients connect with (`tokens.ts`).
 */
import { accessKey } from "./arguments.js";
import type { AbortSignalLike } from "./platform.js";

/** An object with an access key. The key is read for each request, so that a changed key takes effect at once. */
export interface KeyCredential {
  /** The access key, from Keys in the portal. */
  readonly key: string;
}

/**
 * An access key that can be replaced while the program runs.
 *
 * `JSON.stringify` and a log of the object do not show the key; only the `key` property returns it.
 *
 * @example
 * ```ts
 * const credential = new AzureKeyCredential(env.PRIMARY_KEY);
 * const service = new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat");
 * credential.update(env.SECONDARY_KEY); // used from the next request on
 * ```
 */
export class AzureKeyCredential implements KeyCredential {
  // Private, so that neither JSON.stringify nor a console shows it.
  #key!: string;

  /**
   * @param key - The access key, from Keys in the portal.
   * @throws TypeError with the code `InvalidAccessKey` if it is not a string or is blank.
   */
  constructor(key: string) {
    this.update(key);
  }

  /** The current access key. */
  get key(): string {
    return this.#key;
  }

  /**
   * Replaces the key. Requests in progress keep the old key; the next attempt is signed with the new one.
   *
   * @throws TypeError with the code `InvalidAccessKey` if it is not a string or is blank.
   */
  update(newKey: string): void {
    this.#key = accessKey(newKey);
  }
}

/** A token of Microsoft Entra ID. */
export interface AccessToken {
  /** The token that follows `Bearer ` in the `Authorization` header. */
  token: string;
  /** Time when the token expires, in milliseconds since 1970 (UTC). */
  expiresOnTimestamp: number;
  /** Time when the token should be refreshed, in milliseconds since 1970 (UTC). */
  refreshAfterTimestamp?: number;
  /** The type of the token. It is sent as `Bearer` in any case. */
  tokenType?: "Bearer" | "pop";
}

/** Options for `getToken()`. The client passes `abortSignal`, `enableCae` and, after a challenge, `claims`. */
export interface GetTokenOptions {
  /** Signal that fires when the token is no longer needed. */
  abortSignal?: AbortSignalLike;
  /** Options for the token request. */
  requestOptions?: {
    /** Maximum time for the token request, in milliseconds. */
    timeout?: number;
  };
  /** Additional claims that the token must have, from a `WWW-Authenticate` header. */
  claims?: string;
  /** Whether continuous access evaluation is enabled. */
  enableCae?: boolean;
  /** The tenant to request the token from. Default: the credential's own. */
  tenantId?: string;
}

/**
 * A source of Microsoft Entra ID tokens: a credential of `@azure/identity`, {@link ClientSecretCredential},
 * {@link ClientAssertionCredential}, or an object of your own. The client caches a token until shortly before it
 * expires; one call at a time asks for the next one.
 */
export interface TokenCredential {
  /**
   * Requests a token.
   *
   * @param scopes - The client's `credentialScopes`: `https://webpubsub.azure.com/.default` by default.
   * @returns The token. With `null`, for no token, the call fails with a {@link RestError} of the kind
   *   `Unauthorized`.
   */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>;
}
