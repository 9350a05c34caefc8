// Credentials that come with the package: an access key, and Microsoft Entra ID by client credentials.
import { callable, optional, text } from "./arguments.js";
import { RestError, argumentError, transportError } from "./errors.js";
import { parsed } from "./exchange.js";

const checked = (key) => {
  if (typeof key === "string" && key.trim() !== "") return key;
  throw argumentError(
    "The access key is empty or not a string: copy one from Keys in the portal",
    "InvalidAccessKey",
  );
};

/** An access key that may be replaced while clients use it. */
export class AzureKeyCredential {
  // Private, so that neither JSON.stringify nor a console shows it.
  #key;

  constructor(key) {
    this.#key = checked(key);
  }

  get key() {
    return this.#key;
  }

  update(newKey) {
    this.#key = checked(newKey);
  }
}

const invalid = (message) => argumentError(message, "InvalidCredential");

const required = (value, what) => {
  if (text(value, what, "InvalidCredential") !== "") return value;
  throw invalid(`The ${what} is empty`);
};

const PUBLIC_CLOUD = "https://login.microsoftonline.com";

/** Where tokens of a tenant come from. A secret goes there, so it is https, or this machine. */
const tokenEndpoint = (tenantId, authorityHost) => {
  // A name or an id; anything else could lead elsewhere.
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(required(tenantId, "tenant id"))) {
    throw invalid("The tenant id must be the id of a directory or one of its domain names");
  }
  let authority;
  try {
    authority = new URL(authorityHost.includes("://") ? authorityHost : `https://${authorityHost}`);
  } catch {
    throw invalid(`The authority host must be a URL like ${PUBLIC_CLOUD}`);
  }
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(authority.hostname);
  if (authority.protocol !== "https:" && !local) throw invalid("The authority host must be an https URL");
  return new URL(`/${tenantId}/oauth2/v2.0/token`, authority).href;
};

/** The client credentials flow; `prove` gives what shows who the application is. */
class ClientCredential {
  #endpoint;
  #clientId;
  #prove;
  #fetch;

  constructor(tenantId, clientId, prove, options) {
    const given = options ?? {};
    this.#endpoint = tokenEndpoint(tenantId, optional(given, "authorityHost", text) ?? PUBLIC_CLOUD);
    this.#clientId = required(clientId, "client id");
    this.#prove = prove;
    this.#fetch = optional(given, "fetch", callable);
  }

  async getToken(scopes, options) {
    const proof = await this.#prove();
    const form = {
      grant_type: "client_credentials",
      client_id: this.#clientId,
      scope: [scopes].flat().join(" "),
    };
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: new URLSearchParams({ ...form, ...proof }).toString(),
      redirect: "manual",
      signal: options?.abortSignal,
    };
    let response;
    let answer;
    try {
      response = await (this.#fetch ?? fetch)(this.#endpoint, init);
      answer = parsed(await response.text());
    } catch (cause) {
      if (options?.abortSignal?.aborted) throw cause;
      const message = "Microsoft Entra ID gave no answer: check the authority host and the network";
      throw transportError(message, "CREDENTIAL_ERROR", "Network", cause);
    }
    const { access_token: token, expires_in: lifetime, refresh_in: refresh } = answer ?? {};
    if (response.status !== 200 || typeof token !== "string" || !(Number(lifetime) > 0)) {
      throw refused(response.status, answer);
    }
    const at = (seconds) => Date.now() + Number(seconds) * 1000;
    return {
      token,
      expiresOnTimestamp: at(lifetime),
      ...(refresh !== undefined && { refreshAfterTimestamp: at(refresh) }),
      tokenType: "Bearer",
    };
  }
}

/** What the issuer said: its first line names the cause, the others are numbers for its support. */
const refused = (statusCode, answer) => {
  const { error, error_description: description } = answer ?? {};
  const unsaid = `it answered ${statusCode}, and not as it should: check the authority host`;
  const said =
    typeof description === "string"
      ? description.split(/[\r\n]/)[0]
      : typeof error === "string"
        ? error
        : unsaid;
  return new RestError(`Microsoft Entra ID gave no token: ${said}`, {
    code: typeof error === "string" ? error : "CREDENTIAL_ERROR",
    statusCode,
    kind: "Unauthorized",
  });
};

/** An application that proves itself by a secret. */
export class ClientSecretCredential extends ClientCredential {
  constructor(tenantId, clientId, clientSecret, options) {
    const secret = required(clientSecret, "client secret");
    super(tenantId, clientId, () => ({ client_secret: secret }), options);
  }
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** An application that proves itself by a signed assertion, for example that of a workload identity. */
export class ClientAssertionCredential extends ClientCredential {
  constructor(tenantId, clientId, getAssertion, options) {
    const prove = callable(getAssertion, "getAssertion");
    const assert = async () => ({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: required(await prove(), "client assertion"),
    });
    super(tenantId, clientId, assert, options);
  }
}
