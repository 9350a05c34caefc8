// Who the client is to the service: access keys that may change, and tokens that run out.
import { equal, matches, ok, rejects, throws } from "../assert.js";
import { isSigned } from "../jwt.js";
import { ENDPOINT, answer, never } from "../recorder.js";

const MINUTE = 60_000;
const SCOPE = "https://webpubsub.azure.com/.default";

export function credentials({ pkg, check, recording }) {
  const { AzureKeyCredential, WebPubSubServiceClient } = pkg;

  /** A client with a credential, whose requests are recorded. */
  const identified = (credential, { endpoint = ENDPOINT, answers = [200], ...options } = {}) => {
    const { fetch, requests } = recording(answers);
    const client = new WebPubSubServiceClient(endpoint, credential, "chat", { fetch, ...options });
    return { client, requests };
  };
  /** A credential that gives these tokens, one after the other; the last again and again. */
  const issuer = (...tokens) => {
    const asked = [];
    const getToken = async (scopes, options) => {
      asked.push({ scopes, options });
      const token = tokens[Math.min(asked.length, tokens.length) - 1];
      if (token instanceof Error) throw token;
      return token;
    };
    return { asked, credential: { getToken } };
  };
  const lasting = (token, minutes = 60, more = {}) => ({
    token,
    expiresOnTimestamp: Date.now() + minutes * MINUTE,
    ...more,
  });
  const bearers = (requests) => requests.map(({ token }) => token);

  check("signs with the key of the moment", async () => {
    const credential = new AzureKeyCredential("first");
    const { client, requests } = identified(credential);
    await client.userExists("u");
    credential.update("second");
    await client.userExists("u");
    const token = await client.getClientAccessToken();
    equal(credential.key, "second");
    ok(await isSigned(requests[0].token, "first"), "before");
    ok(await isSigned(requests[1].token, "second"), "after");
    ok(await isSigned(token.token, "second"), "client access tokens too");
    ok(await isSigned(client.getClientAccessTokenSync().token, "second"), "without a promise too");
  });

  check("signs with the text of the key", async () => {
    for (const key of ["a2V5", "ü 日本", "=;", "x".repeat(200)]) {
      const { client, requests } = identified({ key });
      await client.userExists("u");
      ok(await isSigned(requests[0].token, key), "the bytes of its text");
    }
  });

  check("takes any object with a key, also one that changes", async () => {
    const credential = { key: "first" };
    const { client, requests } = identified(credential);
    credential.key = "second";
    await client.userExists("u");
    ok(await isSigned(requests[0].token, "second"), "the new key");
    for (const key of ["", "  ", undefined, 5]) {
      credential.key = key;
      await rejects(client.userExists("u"), { name: "TypeError", code: "InvalidAccessKey" });
    }
    credential.key = "third";
    await client.userExists("u");
    ok(await isSigned(requests[1].token, "third"), "a key again");
  });

  check("refuses keys that are none, and keeps the one it has", async () => {
    const credential = new AzureKeyCredential("first");
    for (const key of ["", "  ", undefined, null, 5, {}]) {
      const expected = { name: "TypeError", code: "InvalidAccessKey" };
      throws(() => new AzureKeyCredential(key), expected);
      throws(() => credential.update(key), expected);
    }
    equal(credential.key, "first");
  });

  check("refuses credentials that are none", async () => {
    for (const credential of [undefined, null, 5, {}, { key: 5 }, { getToken: "token" }, () => {}]) {
      throws(() => new WebPubSubServiceClient(ENDPOINT, credential, "chat"), {
        name: "TypeError",
        code: /^Invalid/,
      });
    }
    throws(() => new WebPubSubServiceClient(ENDPOINT, { key: "" }, "chat"), { code: "InvalidAccessKey" });
    throws(() => new WebPubSubServiceClient(ENDPOINT, "chat"), { code: "InvalidConnectionString" });
  });

  check("sends the token of a credential, and keeps it", async () => {
    const { credential, asked } = issuer(lasting("one"), lasting("two"));
    const { client, requests } = identified(credential);
    await client.userExists("u");
    await client.sendToUser("u", "x").catch(() => {});
    await client
      .group("g")
      .sendToAll("x")
      .catch(() => {});
    equal([bearers(requests), asked.length], [["one", "one", "one"], 1]);
    equal(asked[0].scopes, SCOPE);
    ok(asked[0].options.abortSignal instanceof AbortSignal, "a signal");
    equal(requests[0].headers.get("authorization"), "Bearer one");
  });

  check("asks for the scopes that it is told", async () => {
    for (const credentialScopes of ["api://mine/.default", ["a", "b"]]) {
      const { credential, asked } = issuer(lasting("one"));
      await identified(credential, { credentialScopes }).client.userExists("u");
      equal(asked[0].scopes, credentialScopes);
    }
  });

  check("asks for a new token ahead of the end of the old one", async () => {
    for (const first of [
      lasting("old", 4),
      lasting("old", -1),
      lasting("old", 60, { refreshAfterTimestamp: 1 }),
    ]) {
      const { credential, asked } = issuer(first, lasting("new"));
      const { client, requests } = identified(credential);
      for (let i = 0; i < 3; i++) await client.userExists("u");
      equal([bearers(requests), asked.length], [["old", "new", "new"], 2]);
    }
    // Once in a while is enough when the next one is due at once, too.
    const short = issuer(lasting("first", 1), lasting("second", 1), lasting("third", 1));
    const hasty = identified(short.credential);
    for (let i = 0; i < 9; i++) await hasty.client.userExists("u");
    equal(short.asked.length, 2);
    const early = lasting("old", 60, { refreshAfterTimestamp: Date.now() + MINUTE });
    const { credential, asked } = issuer(early);
    const { client } = identified(credential);
    for (let i = 0; i < 3; i++) await client.userExists("u");
    equal(asked.length, 1);
  });

  check("goes on with the old token while it is good and no new one is to be had", async () => {
    for (const failure of [new Error("down"), null]) {
      const { credential, asked } = issuer(lasting("old", 4), failure);
      const { client, requests } = identified(credential);
      await client.userExists("u");
      // Also when all of them find the token due at once.
      await Promise.all(Array.from({ length: 50 }, () => client.userExists("u")));
      equal([new Set(bearers(requests)).size, requests.length, asked.length], [1, 51, 2]);
    }
  });

  check("fails without a token, and tells why", async () => {
    const expected = { name: "RestError", kind: "Unauthorized", code: "CREDENTIAL_ERROR" };
    const cause = new Error("down");
    const { credential } = issuer(lasting("old", -1), cause);
    const { client, requests } = identified(credential);
    await client.userExists("u");
    equal((await rejects(client.userExists("u"), expected)).cause, cause);
    // As that of another client of Azure's.
    const foreign = Object.assign(new Error("down"), { name: "RestError", code: "ENOTFOUND" });
    const other = identified(issuer(foreign).credential);
    equal((await rejects(other.client.userExists("u"), expected)).cause, foreign);
    equal(requests.length, 1);
    const junk = [
      null,
      undefined,
      {},
      "token",
      { token: 5 },
      { token: "t" },
      { token: "t", expiresOnTimestamp: "1" },
      { token: "t", expiresOnTimestamp: NaN },
      { token: "t", expiresOnTimestamp: Math.trunc(Date.now() / 1000) + 3600 },
    ];
    for (const token of junk) {
      const { client, requests } = identified(issuer(token).credential);
      matches((await rejects(client.userExists("u"), expected)).cause.message, "expiresOnTimestamp");
      equal(requests.length, 0);
    }
  });

  check("asks for a token anew for another attempt", async () => {
    const { credential } = issuer(lasting("old", -1), lasting("new"));
    const retryOptions = { retryDelayInMs: 1 };
    const { client, requests } = identified(credential, { answers: [503, 200], retryOptions });
    await client.userExists("u");
    equal(bearers(requests), ["old", "new"]);
  });

  check("asks for one token for many calls at once", async () => {
    const { credential, asked } = issuer(lasting("t"));
    const { client, requests } = identified(credential);
    await Promise.all(Array.from({ length: 50 }, () => client.userExists("u")));
    equal([requests.length, asked.length], [50, 1]);
    const failing = issuer(new Error("down"));
    const calls = Array.from({ length: 50 }, () => identified(failing.credential).client);
    const [one] = calls;
    const outcomes = await Promise.allSettled(calls.map(() => one.userExists("u")));
    equal(
      [new Set(outcomes.map(({ reason }) => reason.code)), failing.asked.length],
      [new Set(["CREDENTIAL_ERROR"]), 1],
    );
  });

  check("forgets a token that the service refuses", async () => {
    const { credential, asked } = issuer(lasting("revoked"), lasting("new"));
    const { client, requests } = identified(credential, { answers: [401, 200] });
    await rejects(client.userExists("u"), { kind: "Unauthorized", statusCode: 401 });
    equal(await client.userExists("u"), true);
    equal([bearers(requests), asked.length], [["revoked", "new"], 2]);
  });

  check("answers a claims challenge once", async () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
    const challenge =
      (error = "insufficient_claims", asked = claims) =>
      () =>
        answer(401, {
          headers: { "WWW-Authenticate": `Bearer realm="", error="${error}", claims="${btoa(asked)}"` },
        });
    const call = async (answers) => {
      const { credential, asked } = issuer(lasting("old"), lasting("new"), lasting("last"));
      const { client, requests } = identified(credential, { answers, retryOptions: { maxRetries: 0 } });
      const outcome = await client.sendToAll("x").catch((error) => error.kind);
      return [outcome, bearers(requests), asked.map(({ options }) => options.claims)];
    };
    equal(await call([challenge(), 202]), [undefined, ["old", "new"], [undefined, claims]]);
    equal(await call([challenge(), challenge()]), ["Unauthorized", ["old", "new"], [undefined, claims]]);
    equal(await call([challenge("invalid_token")]), ["Unauthorized", ["old"], [undefined]]);
    equal(await call([challenge(undefined, "")]), ["Unauthorized", ["old"], [undefined]]);
    const signed = identified({ key: "k" }, { answers: [challenge()] });
    await rejects(signed.client.userExists("u"), { kind: "Unauthorized" });
    equal(signed.requests.length, 1);
  });

  check("shows no token that a header cannot hold", async () => {
    for (const token of ["se\ncret", "se cret", "se\tcret", "sécret", "secret\r\nx: y", ""]) {
      const { client, requests } = identified(issuer(lasting(token)).credential);
      const error = await rejects(client.userExists("u"), { code: "CREDENTIAL_ERROR", kind: "Unauthorized" });
      const shown = [error.message, error.cause?.message, error.cause?.cause, error.stack].join();
      equal([/cret/.test(shown), requests.length], [false, 0], JSON.stringify(token));
    }
  });

  check("does not wait long for the token of another call", async () => {
    let asked = 0;
    const credential = {
      // The first never comes, as when the request that asked for it is gone.
      getToken: (scopes, { abortSignal }) => {
        asked += 1;
        return asked === 1 ? never({ signal: abortSignal }) : Promise.resolve(lasting(`t${asked}`));
      },
    };
    const { client, requests } = identified(credential);
    const abandoned = new AbortController();
    const first = client.userExists("u", { abortSignal: abandoned.signal });
    const others = await Promise.all(["a", "b", "c"].map((user) => client.userExists(user)));
    equal([others, requests.length], [[true, true, true], 3]);
    equal(await client.userExists("d"), true);
    abandoned.abort();
    await rejects(first, { name: "AbortError" });
  });

  check("sends tokens over https, or within this machine if it may", async () => {
    const refused = { name: "TypeError", code: "INSECURE_CONNECTION" };
    const call = async (endpoint, options, callOptions) => {
      const { credential, asked } = issuer(lasting("t"));
      const { client, requests } = identified(credential, { endpoint, ...options });
      try {
        await client.userExists("u", callOptions);
        equal(bearers(requests), ["t"]);
      } catch (error) {
        equal([requests.length, asked.length], [0, 0]);
        throw error;
      }
    };
    const allowed = { allowInsecureConnection: true };
    await call("https://contoso.example");
    for (const host of [
      "contoso.example",
      "10.0.0.1",
      "127.0.0.1.example",
      "localhost.example",
      "128.0.0.1",
    ]) {
      await rejects(call(`http://${host}`), refused);
      await rejects(call(`http://${host}`, allowed), refused);
      await rejects(call(`http://${host}`, {}, { requestOptions: allowed }), refused);
    }
    for (const host of [
      "localhost",
      "localhost:8080",
      "127.0.0.1",
      "127.1.2.3:80",
      "[::1]:5",
      "a.localhost",
    ]) {
      await rejects(call(`http://${host}`), refused);
      await call(`http://${host}`, allowed);
      await call(`http://${host}`, {}, { requestOptions: allowed });
      await rejects(
        call(`http://${host}`, allowed, { requestOptions: { allowInsecureConnection: false } }),
        refused,
      );
    }
    // What counts is where the token goes to.
    const proxy = (reverseProxyEndpoint) => ({ reverseProxyEndpoint });
    await call("http://contoso.example", proxy("https://proxy.example"));
    await rejects(call("https://contoso.example", proxy("http://proxy.example")), refused);
    await call("https://contoso.example", { ...proxy("http://localhost:1"), ...allowed });
  });

  check("sends signed requests over http within this machine, or if they may", async () => {
    const call = async (endpoint, options, callOptions) => {
      const { client, requests } = identified({ key: "k" }, { endpoint, ...options });
      await client.userExists("u", callOptions).catch((error) => {
        equal(requests.length, 0);
        throw error;
      });
      equal(requests.length, 1);
    };
    const allowed = { allowInsecureConnection: true };
    await call("http://localhost:8080");
    await call("http://contoso.example", allowed);
    await call("http://contoso.example", {}, { requestOptions: allowed });
    const refused = { name: "TypeError", code: "INSECURE_CONNECTION" };
    await rejects(call("http://contoso.example"), refused);
    await rejects(call("https://contoso.example", { reverseProxyEndpoint: "http://proxy.example" }), refused);
    const forbidden = { requestOptions: { allowInsecureConnection: false } };
    await rejects(call("http://contoso.example", allowed, forbidden), refused);
  });
}
