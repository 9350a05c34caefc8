// The credentials for Microsoft Entra ID that come with the package, before a recorder in the issuer's place.
import { equal, matches, rejects, throws } from "../assert.js";
import { ENDPOINT, answer, never, recorder } from "../recorder.js";

const SCOPE = "https://webpubsub.azure.com/.default";
const issued = (more) => () => answer(200, { body: { access_token: "issued", expires_in: 3600, ...more } });
const formOf = ({ text }) => Object.fromEntries(new URLSearchParams(text));

export function entra({ pkg, check }) {
  const { ClientAssertionCredential, ClientSecretCredential, WebPubSubServiceClient } = pkg;
  /** A credential by secret, with what it asks the issuer. */
  const bySecret = (answers, options, args = ["contoso", "app", "hush"]) => {
    const { fetch, requests } = recorder(...answers);
    return { credential: new ClientSecretCredential(...args, { fetch, ...options }), requests };
  };

  check("gets tokens by an assertion, a new one each time", async () => {
    const { fetch, requests } = recorder(issued());
    let count = 0;
    const assertion = async () => `assertion ${(count += 1)}`;
    const credential = new ClientAssertionCredential("contoso", "app", assertion, { fetch });
    await credential.getToken(SCOPE);
    equal((await credential.getToken(SCOPE)).token, "issued");
    equal(formOf(requests[1]), {
      client_id: "app",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: "assertion 2",
      grant_type: "client_credentials",
      scope: SCOPE,
    });
    for (const none of ["", "  ", undefined, 5]) {
      const credential = new ClientAssertionCredential("contoso", "app", () => none, { fetch });
      await rejects(credential.getToken(SCOPE), { name: "TypeError", code: "InvalidCredential" });
    }
    const failing = new ClientAssertionCredential("contoso", "app", () => Promise.reject(new Error("mine")), {
      fetch,
    });
    await rejects(failing.getToken(SCOPE), { message: "mine" });
    equal(requests.length, 2);
  });

  check("refuses arguments and options of the wrong type", async () => {
    const expected = { name: "TypeError", code: "InvalidCredential" };
    for (const wrong of [undefined, null, 5]) {
      throws(() => bySecret([], {}, [wrong, "app", "hush"]), expected);
      throws(() => bySecret([], {}, ["contoso", wrong, "hush"]), expected);
      throws(() => bySecret([], {}, ["contoso", "app", wrong]), expected);
    }
    throws(() => new ClientAssertionCredential("contoso", "app", "assertion"), { name: "TypeError" });
    for (const options of [{ fetch: "fetch" }, { authorityHost: 5 }]) {
      throws(() => bySecret([], options), { name: "TypeError", code: "InvalidOption" });
    }
  });

  check("tells why the issuer gave no token, and shows no secret", async () => {
    const description = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1\r\nTimestamp: 2";
    const { credential } = bySecret([
      () => answer(401, { body: { error: "invalid_client", error_description: description } }),
    ]);
    const error = await rejects(credential.getToken(SCOPE), {
      name: "RestError",
      kind: "Unauthorized",
      code: "invalid_client",
      statusCode: 401,
    });
    matches(error.message, /AADSTS7000215: Invalid client secret provided\.$/);
    equal(JSON.stringify(error).includes("hush"), false);
    const echo = { error: "invalid_client", error_description: "The secret 'hush' of hush is wrong" };
    const echoed = bySecret([() => answer(401, { body: echo })]).credential;
    const { message } = await rejects(echoed.getToken(SCOPE), { code: "invalid_client" });
    equal([message.includes("hush"), message.includes("The secret 'REDACTED' of")], [false, true], message);
    const odd = [400, 302, () => answer(200, { body: {} }), () => answer(200, { body: "<html>" })];
    const tokens = [
      { access_token: 5 },
      { expires_in: undefined },
      { expires_in: "soon" },
      { expires_in: 0 },
    ];
    for (const one of [...odd, ...tokens.map(issued)]) {
      const { credential } = bySecret([one]);
      const expected = {
        name: "RestError",
        kind: "Unauthorized",
        code: "CREDENTIAL_ERROR",
        message: /it responded with/,
      };
      await rejects(credential.getToken(SCOPE), expected);
    }
    const cause = new TypeError("down");
    const expected = { name: "RestError", kind: "Network", code: "CREDENTIAL_ERROR" };
    equal((await rejects(bySecret([cause]).credential.getToken(SCOPE), expected)).cause, cause);
  });

  check("gives up asking for a token when the call does", async () => {
    const { credential, requests } = bySecret([never]);
    const client = new WebPubSubServiceClient(ENDPOINT, credential, "chat", { fetch: recorder(200).fetch });
    const requestOptions = { timeout: 5 };
    await rejects(client.userExists("u", { requestOptions }), { code: "REQUEST_TIMEOUT" });
    equal(requests[0].signal.aborted, true);
  });

  check("asks the issuer again when that may help, and tells what failed", async () => {
    const quick = { retryOptions: { retryDelayInMs: 1 } };
    const down = new TypeError("connection lost");
    for (const answers of [
      [429, issued()],
      [503, 500, issued()],
      [down, issued()],
      [502, 504, 408, issued()],
    ]) {
      const { credential, requests } = bySecret(answers, quick);
      equal((await credential.getToken(SCOPE)).token, "issued");
      equal(requests.length, answers.length);
    }
    const fails = async (last, kind, count, options = quick) => {
      const { credential, requests } = bySecret([last], options);
      const error = await rejects(credential.getToken(SCOPE), { name: "RestError", kind });
      const service = recorder(200);
      const client = new WebPubSubServiceClient(ENDPOINT, credential, "chat", { fetch: service.fetch });
      const same = await rejects(client.userExists("u"), { name: "RestError", kind });
      equal([same.message, same.code, requests.length], [error.message, error.code, 2 * count]);
      return error;
    };
    matches((await fails(429, "TooManyRequests", 4)).message, "try again later");
    matches((await fails(503, "Server", 4)).message, "try again later");
    matches((await fails(400, "Unauthorized", 1)).message, "check the tenant id");
    equal((await fails(down, "Network", 4)).cause, down);
    await fails(503, "Server", 1, { retryOptions: { maxRetries: 0 } });
    const wait = () => answer(429, { headers: { "Retry-After": "3600" } });
    await fails(wait, "TooManyRequests", 1);
    for (const retryOptions of [{ maxRetries: -1 }, { retries: 1 }, 5, { maxRetries: "1" }]) {
      throws(() => bySecret([], { retryOptions }), { code: "InvalidOption" });
    }
  });

  check("asks for the claims of a challenge", async () => {
    const { credential, requests } = bySecret([issued()]);
    await credential.getToken(SCOPE, { claims: '{"a":"b&c"}' });
    equal(formOf(requests[0]).claims, '{"a":"b&c"}');
  });

  check("shows no secret that the issuer echoes", async () => {
    const secret = "hu~sh/+&é";
    for (const echo of [secret, encodeURIComponent(secret)]) {
      for (const body of [
        { error: echo, error_description: `wrong: ${echo}` },
        { error: echo },
        { error: "invalid_client", error_description: `client_secret=${echo}&x` },
      ]) {
        const { credential } = bySecret([() => answer(401, { body })], {}, ["contoso", "app", secret]);
        const error = await rejects(credential.getToken(SCOPE), { kind: "Unauthorized" });
        const shown = JSON.stringify([error.message, error.code, error.stack, { ...error }]);
        equal([shown.includes(secret), shown.includes(echo)], [false, false], shown);
      }
    }
  });

  check("reads no response of the issuer further than its limit", async () => {
    const huge = () => new Response(new Blob([new Uint8Array(5 * 1024 * 1024)]).stream());
    await rejects(bySecret([huge]).credential.getToken(SCOPE), { code: "PARSE_ERROR" });
  });

  check("is a credential of a client, which keeps its token", async () => {
    const { credential, requests } = bySecret([issued()]);
    const service = recorder(200);
    const client = new WebPubSubServiceClient(ENDPOINT, credential, "chat", { fetch: service.fetch });
    await client.userExists("u");
    await client.userExists("u");
    equal([requests.length, service.requests.map(({ token }) => token)], [1, ["issued", "issued"]]);
    const gone = bySecret([500]).credential;
    const failing = new WebPubSubServiceClient(ENDPOINT, gone, "chat", { fetch: service.fetch });
    const error = await rejects(failing.userExists("u"), { code: "CREDENTIAL_ERROR", kind: "Server" });
    equal(error.statusCode, 500);
  });
}
