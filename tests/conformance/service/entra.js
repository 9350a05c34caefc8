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

  check("is a credential of a client, which keeps its token", async () => {
    const { credential, requests } = bySecret([issued()]);
    const service = recorder(200);
    const client = new WebPubSubServiceClient(ENDPOINT, credential, "chat", { fetch: service.fetch });
    await client.userExists("u");
    await client.userExists("u");
    equal([requests.length, service.requests.map(({ token }) => token)], [1, ["issued", "issued"]]);
    const gone = bySecret([500]).credential;
    const failing = new WebPubSubServiceClient(ENDPOINT, gone, "chat", { fetch: service.fetch });
    const error = await rejects(failing.userExists("u"), { code: "CREDENTIAL_ERROR", kind: "Unauthorized" });
    equal(error.cause.statusCode, 500);
  });
}
