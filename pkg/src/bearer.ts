/**
 * The tokens of Microsoft Entra ID that a client keeps.
 *
 * In here: which call asks the issuer. Tokens are kept as values: no call awaits the promise of another one, which some
 * runtimes forbid; calls without a token look again after a while. Not in here: how long a token serves, which the core
 * decides.
 */
import { Operation, call, now, whole } from "./core.js";
import type { AccessToken, TokenCredential } from "./credentials.js";
import type { Deadline } from "./deadline.js";
import { isRestError } from "./errors.js";
import { Failure, failure } from "./failures.js";

/** How often a call looks whether the token for which another one asks has come, in milliseconds. */
const LOOK_EVERY = 20;

/** How long calls wait for the one that asks, in milliseconds: its request may have been cancelled. */
const PATIENCE = 3_000;

/** A time in 1973, in milliseconds. Times before it are in seconds, most likely. */
const LEAST = 1e11;

/** A request for a token. */
interface Pending {
  readonly since: number;
  error?: unknown;
}

/** The last token, and the request for the next one. */
export class BearerTokens {
  #issuer: TokenCredential;
  #scopes: string | string[];
  #token: AccessToken | undefined;
  #pending: Pending | undefined;
  /** When the issuer was last asked while the token still served. */
  #asked = 0;

  constructor(issuer: TokenCredential, scopes: string | string[]) {
    this.#issuer = issuer;
    this.#scopes = scopes;
  }

  /** Returns the kept token, or a new one, which has the claims of a challenge if there are any. */
  async get(deadline: Deadline, claims: string): Promise<string> {
    for (;;) {
      const kept = claims ? undefined : this.#token;
      const freshness = kept && this.#freshness(kept);
      if (kept && freshness === "fresh") return kept.token;
      const other = this.#pending;
      if (freshness || claims || !other) return this.#ask(deadline, claims, freshness ? kept : undefined);
      while (this.#pending === other && Date.now() - other.since < PATIENCE) {
        await deadline.sleep(LOOK_EVERY);
      }
      if (other.error) throw other.error;
      if (this.#pending === other) this.#pending = undefined;
    }
  }

  /** Forgets a token that the service refused. */
  forget(refused: string): void {
    if (this.#token?.token === refused) this.#token = undefined;
  }

  #freshness({ expiresOnTimestamp, refreshAfterTimestamp }: AccessToken): string {
    return call(Operation.Freshness, [
      whole(expiresOnTimestamp / 1000),
      refreshAfterTimestamp == null ? "" : whole(refreshAfterTimestamp / 1000),
      whole(this.#asked / 1000),
      now(),
    ]);
  }

  async #ask(deadline: Deadline, claims: string, valid: AccessToken | undefined): Promise<string> {
    const pending: Pending = { since: Date.now() };
    this.#pending = pending;
    if (valid) this.#asked = pending.since;
    try {
      const token = await this.#issuer.getToken(this.#scopes, {
        abortSignal: deadline.signal,
        enableCae: true,
        ...(claims && { claims }),
      });
      deadline.check();
      const expiresOn: unknown = token?.expiresOnTimestamp;
      if (typeof token?.token !== "string" || typeof expiresOn !== "number" || !(expiresOn > LEAST)) {
        throw new TypeError(
          "getToken() must return { token, expiresOnTimestamp }, the latter in milliseconds since 1970",
        );
      }
      call(Operation.Check, ["token", token.token]);
      this.#token = token;
      return token.token;
    } catch (cause) {
      if (deadline.isOver) throw cause;
      // The old one is still valid, and the issuer may have recovered before it expires.
      if (valid) return valid.token;
      // A failed token request of this package says itself what happened; other clients have a RestError too.
      throw (pending.error = isRestError(cause) && cause.kind ? cause : failure(Failure.Credential, cause));
    } finally {
      if (this.#pending === pending) this.#pending = undefined;
    }
  }
}
