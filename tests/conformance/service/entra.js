// The credentials for Microsoft Entra ID that come with the package, before a recorder in the issuer's place.
import { equal, matches, ok, rejects, throws } from "../assert.js";
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

  check("gets tokens by a client secret", async () => {
    const { credential, requests } = bySecret([issued()]);
    const before = Date.now();
    const { token, expiresOnTimestamp, tokenType } = await credential.getToken(SCOPE);
    equal([token, tokenType], ["issued", "Bearer"]);
    ok(expiresOnTimestamp >= before + 3.6e6 && expiresOnTimestamp <= Date.now() + 3.6e6, "in an hour");
    const [request] = requests;
    equal(
      [request.method, request.url, request.contentType, request.redirect],
      [
        "POST",
        "https://login.microsoftonline.com/contoso/oauth2/v2.0/token",
        "application/x-www-form-urlencoded",
        "manual",
      ],
    );
    equal(formOf(request), {
      client_id: "app",
      client_secret: "hush",
      grant_type: "client_credentials",
      scope: SCOPE,
    });
    await credential.getToken(["a", "b"]);
    equal(formOf(requests[1]).scope, "a b");
  });

  check("sends secrets whatever characters they have", async () => {
    for (const secret of ["a&b=c+d %", "ü 日本", "~.'\"\\"]) {
      const { credential, requests } = bySecret([issued()], {}, ["contoso", "app&x", secret]);
      await credential.getToken(SCOPE);
      equal([formOf(requests[0]).client_secret, formOf(requests[0]).client_id], [secret, "app&x"]);
    }
  });

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
    for (const none of ["", undefined, 5]) {
      const credential = new ClientAssertionCredential("contoso", "app", () => none, { fetch });
      await rejects(credential.getToken(SCOPE), { name: "TypeError", code: "InvalidCredential" });
    }
    const failing = new ClientAssertionCredential("contoso", "app", () => Promise.reject(new Error("mine")), {
      fetch,
    });
    await rejects(failing.getToken(SCOPE), { message: "mine" });
    equal(requests.length, 2);
  });

  check("tells when to ask again, where the issuer says so", async () => {
    const before = Date.now();
    const { credential } = bySecret([issued({ refresh_in: "1800", expires_in: "3600" }), issued()]);
    const { refreshAfterTimestamp, expiresOnTimestamp } = await credential.getToken(SCOPE);
    const within = (time, seconds) => time >= before + seconds * 1000 && time <= Date.now() + seconds * 1000;
    ok(within(refreshAfterTimestamp, 1800) && within(expiresOnTimestamp, 3600), "numbers may be text");
    equal("refreshAfterTimestamp" in (await credential.getToken(SCOPE)), false);
  });

  check("asks the issuer of other clouds, over https or on this machine", async () => {
    const cases = [
      ["https://login.example", "https://login.example/contoso/oauth2/v2.0/token"],
      ["login.example", "https://login.example/contoso/oauth2/v2.0/token"],
      ["http://localhost:8080", "http://localhost:8080/contoso/oauth2/v2.0/token"],
      ["http://127.0.0.1", "http://127.0.0.1/contoso/oauth2/v2.0/token"],
    ];
    for (const [authorityHost, url] of cases) {
      const { credential, requests } = bySecret([issued()], { authorityHost });
      await credential.getToken(SCOPE);
      equal(requests[0].url, url);
    }
    for (const authorityHost of [
      "http://login.example",
      "ftp://login.example",
      "https://",
      "http://localhost.example",
    ]) {
      throws(() => bySecret([], { authorityHost }), { name: "TypeError", code: "InvalidCredential" });
    }
  });

  check("refuses what would lead a secret elsewhere", async () => {
    const expected = { name: "TypeError", code: "InvalidCredential" };
    for (const tenant of [
      "",
      "..",
      "a/b",
      "a?b",
      "a#b",
      "a\\b",
      "@x",
      "a b",
      "%2e",
      "ü",
      undefined,
      null,
      5,
    ]) {
      throws(() => bySecret([], {}, [tenant, "app", "hush"]), expected);
    }
    for (const wrong of ["", undefined, null, 5]) {
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
        message: /it answered/,
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
