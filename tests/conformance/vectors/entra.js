// Vectors of Microsoft Entra ID: what a credential sends, what it makes of the response, and how long a client uses a
// token.
import { equal } from "../assert.js";
import { errorOf } from "./cases.js";
import { NOW, onHost, responding } from "./host.js";

const SCOPE = "https://webpubsub.azure.com/.default";

const credentialOf = (pkg, { tenantId, clientId, secret, assertion, authorityHost }, fetch) => {
  const options = { authorityHost, fetch };
  if (assertion === undefined) return new pkg.ClientSecretCredential(tenantId, clientId, secret, options);
  return new pkg.ClientAssertionCredential(tenantId, clientId, async () => assertion, options);
};

const seconds = (milliseconds) => milliseconds / 1000 - NOW;

/** The request for a token, and the token, why there is none, or what is wrong with the credential. Times are from now. */
export const tokens = async (pkg, { credential, scopes = [SCOPE], claims, status = 200, body = "" }) => {
  const { fetch, requests } = responding([{ status, body }]);
  const output = {};
  let issuer;
  try {
    issuer = credentialOf(pkg, credential, fetch);
  } catch (error) {
    return { error: errorOf(error) };
  }
  await onHost(async () => {
    try {
      const { token, expiresOnTimestamp, refreshAfterTimestamp, tokenType } = await issuer.getToken(scopes, {
        claims,
        requestOptions: { timeout: 0 },
      });
      equal(tokenType, "Bearer");
      output.token = { token, expiresIn: seconds(expiresOnTimestamp) };
      if (refreshAfterTimestamp) output.token.refreshIn = seconds(refreshAfterTimestamp);
    } catch (error) {
      const { kind, message } = errorOf(error);
      Object.assign(output, { failure: message, kind: kind === "InvalidInput" ? "Unauthorized" : kind });
    }
  });
  for (const { method, url, headers, body, redirect } of requests) {
    equal([method, redirect], ["POST", "manual"]);
    equal(Object.fromEntries(new Headers(headers)), {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    });
    output.request = { url, form: Object.fromEntries(new URLSearchParams(body)) };
  }
  return output;
};

/**
 * The tokens of calls at some times, in seconds from now, by a credential that issues `1`, `2` and so on, and none from
 * `failsFrom` on; then the error.
 */
export const freshness = async (pkg, { expiresIn, refreshIn, calls, failsFrom = Infinity }) => {
  const clock = { now: NOW };
  let issued = 0;
  const getToken = async () => {
    if (clock.now >= NOW + failsFrom) throw new Error("the issuer is down");
    issued += 1;
    return {
      token: `${issued}`,
      expiresOnTimestamp: (clock.now + expiresIn) * 1000,
      refreshAfterTimestamp: refreshIn && (clock.now + refreshIn) * 1000,
    };
  };
  const { fetch, requests } = responding([{ status: 200 }]);
  const client = new pkg.WebPubSubServiceClient("https://contoso.example", { getToken }, "chat", {
    fetch,
    timeoutInMs: 0,
  });
  const tokens = [];
  const output = {};
  const callAt = async (time) => {
    clock.now = NOW + time;
    await client.userExists("ada");
    tokens.push(requests.at(-1).headers.Authorization.replace("Bearer ", ""));
  };
  await onHost(
    async () => {
      try {
        for (const time of calls) await callAt(time);
      } catch (error) {
        const { kind, code } = errorOf(error);
        output.error = { kind, code };
      }
    },
    { clock },
  );
  return { tokens, ...output };
};
