/**
 * Who is asking: access keys and Microsoft Entra ID.
 *
 * In here: the credentials that a client takes. Not in here: the tokens that browsers connect with
 * (`tokens.d.ts`).
 */
import type { AbortSignalLike, FetchFunction } from "./platform.js";

/** Anything that holds an access key. It is read anew for each request, so a changed key counts at once. */
export interface KeyCredential {
  /** The access key, as the portal shows it. */
  readonly key: string;
}

/**
 * An access key that can be exchanged while the program runs.
 *
 * The key shows neither in `JSON.stringify` nor in a log of the object; only the `key` property gives it.
 *
 * @example
 * ```ts
 * const credential = new AzureKeyCredential(env.PRIMARY_KEY);
 * const service = new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat");
 * credential.update(env.SECONDARY_KEY); // counts from the next request on
 * ```
 */
export declare class AzureKeyCredential implements KeyCredential {
  /**
   * @param key - The access key, as the portal shows it.
   * @throws TypeError with the code `InvalidAccessKey` if it is not a string or is empty.
   */
  constructor(key: string);
  /** The access key of now. */
  get key(): string;
  /**
   * Exchanges the key. Requests that are under way keep the old one; the next attempt is signed with the new.
   *
   * @throws TypeError with the code `InvalidAccessKey` if it is not a string or is empty.
   */
  update(newKey: string): void;
}

/** A token of Microsoft Entra ID. */
export interface AccessToken {
  /** What goes behind `Bearer `. */
  token: string;
  /** When it expires: milliseconds since 1970 (UTC). */
  expiresOnTimestamp: number;
  /** When a new one should be asked for: milliseconds since 1970 (UTC). */
  refreshAfterTimestamp?: number;
  /** What kind of token it is. Only `Bearer`, the default, is of use here. */
  tokenType?: "Bearer" | "pop";
}

/** What a credential is told when it is asked for a token. */
export interface GetTokenOptions {
  /** Fires when nobody waits for the token any more. */
  abortSignal?: AbortSignalLike;
  /** How to ask. */
  requestOptions?: {
    /** How long asking may take, in milliseconds. */
    timeout?: number;
  };
  /** What the service wants to see in the token, from its `WWW-Authenticate` header. */
  claims?: string;
  /** Whether the caller can answer such a demand. */
  enableCae?: boolean;
  /** The tenant to ask, where it is another than the credential's own. */
  tenantId?: string;
}

/**
 * Anything that gives tokens of Microsoft Entra ID: those of `@azure/identity`, the two below, or an object
 * of yours. The client keeps a token until shortly before it expires.
 */
export interface TokenCredential {
  /**
   * @param scopes - What the token is for; `https://webpubsub.azure.com/.default` unless the client's
   *   `credentialScopes` say otherwise.
   * @returns The token, or `null` if there is none: the call then fails with a {@link RestError} of the kind
   *   `Unauthorized`.
   */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>;
}

/** How {@link ClientSecretCredential} and {@link ClientAssertionCredential} ask for their tokens. */
export interface ClientCredentialOptions {
  /** Where to ask; `https://login.microsoftonline.com` by default. Other clouds have other hosts. */
  authorityHost?: string;
  /** What to ask with; the global `fetch` by default. */
  fetch?: FetchFunction;
}

/**
 * An application that proves itself to Microsoft Entra ID with a client secret. Needs only `fetch`.
 *
 * The application must hold the role "Web PubSub Service Owner" on the resource.
 *
 * @example
 * ```ts
 * const credential = new ClientSecretCredential(env.TENANT_ID, env.CLIENT_ID, env.CLIENT_SECRET);
 * const service = new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat");
 * ```
 */
export declare class ClientSecretCredential implements TokenCredential {
  /**
   * @param tenantId - The tenant (directory) of the application: an id or a domain name.
   * @param clientId - The application (client) id.
   * @param clientSecret - The value of a client secret; never printed.
   * @throws TypeError if one of them is not a string or is empty.
   */
  constructor(tenantId: string, clientId: string, clientSecret: string, options?: ClientCredentialOptions);
  /** Asks for a token. Rejects with a {@link RestError} if none is given. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
}

/**
 * An application that proves itself to Microsoft Entra ID with a signed assertion, as workload identity
 * federation does. Needs only `fetch`.
 *
 * @example
 * ```ts
 * const credential = new ClientAssertionCredential(env.TENANT_ID, env.CLIENT_ID, () => platform.identityToken());
 * ```
 */
export declare class ClientAssertionCredential implements TokenCredential {
  /**
   * @param tenantId - The tenant (directory) of the application: an id or a domain name.
   * @param clientId - The application (client) id.
   * @param getAssertion - Gives the assertion, a JWT; called for each new token.
   * @throws TypeError if one of them is of the wrong type or empty.
   */
  constructor(
    tenantId: string,
    clientId: string,
    getAssertion: () => Promise<string>,
    options?: ClientCredentialOptions,
  );
  /** Asks for a token. Rejects with a {@link RestError} if none is given. */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
}
