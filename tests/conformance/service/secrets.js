// That nothing shows a key or a token: no error, no object, no text of one, whatever is done to it.
import { AssertionError, equal, ok, rejects, throws } from "../assert.js";
import { CONNECTION_STRING, ENDPOINT, KEY, answer, refusal } from "../recorder.js";

const ONCE = { retryOptions: { maxRetries: 0 } };

/** Every text that can be reached from a value, by any property of anything, with the way there. */
const texts = (value, path = "it", seen = new Set(), found = []) => {
  if (typeof value === "string") found.push([path, value]);
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value))
    return found;
  seen.add(value);
  if (typeof value[Symbol.iterator] === "function") {
    [...value].forEach((item, i) => texts(item, `${path}[${i}]`, seen, found));
  }
  for (let owner = value; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Reflect.ownKeys(owner)) {
      let member;
      try {
        member = value[name];
      } catch {
        continue;
      }
      if (typeof member !== "function") texts(member, `${path}.${String(name)}`, seen, found);
    }
  }
  return found;
};

/** That none of the secrets can be seen in a value. */
const hides = (value, ...secrets) => {
  const shown = [["String()", String(value)], ...texts(value)];
  try {
    shown.push(["JSON", JSON.stringify(value) ?? ""]);
  } catch {
    // What has no JSON shows nothing there.
  }
  for (const [path, text] of shown) {
    for (const secret of secrets) {
      if (text.includes(secret)) throw new AssertionError(`${path} shows a secret`);
    }
  }
};

export function secrets({ pkg, check, recording }) {
  const { AzureKeyCredential, ClientSecretCredential, WebPubSubServiceClient } = pkg;

  check("can tell that something shows a secret", async () => {
    const hidden = Object.defineProperty(new Error("m"), "deep", {
      value: { map: new Map([["a", ["a secret"]]]) },
    });
    for (const value of [
      "a secret",
      { a: "secret" },
      new Error("secret"),
      hidden,
      { toString: () => "secret" },
    ]) {
      throws(() => hides(value, "secret"), { name: "AssertionError" });
    }
    hides({ a: "nothing" }, "secret");
  });

  check("shows no key in a client, a group or a credential", async () => {
    const credential = new AzureKeyCredential(KEY);
    const { client } = recording();
    const other = new WebPubSubServiceClient(ENDPOINT, credential, "chat");
    for (const value of [client, other, client.group("g")]) hides(value, KEY, "AccessKey");
    equal([JSON.stringify(credential), Object.keys(credential)], ["{}", []]);
    equal(String(credential).includes(KEY), false);
    equal(JSON.stringify(new ClientSecretCredential("t", "c", "hush")), "{}");
    hides(new ClientSecretCredential("t", "c", "hush"), "hush");
  });

  check("repeats no part of a malformed connection string", async () => {
    const wrong = [
      `Endpoint=https://a.example;AccessKey=${KEY};AccessKey=${KEY}2`,
      `Endpoint=nonsense;AccessKey=${KEY}`,
      `AccessKey=${KEY}`,
      `Endpoint=https://a.example;AccessKey=${KEY};Port=${KEY}`,
      `Endpoint=https://a.example;${KEY}`,
      `Endpoint=https://${KEY}@a.example;AccessKey=${KEY}`,
      `Endpoint=https://${KEY}/;AccessKey=`,
      KEY,
    ];
    for (const text of wrong) {
      hides(
        throws(() => new WebPubSubServiceClient(text, "chat"), { code: "InvalidConnectionString" }),
        KEY,
      );
    }
    hides(
      throws(() => new WebPubSubServiceClient(CONNECTION_STRING, KEY), { code: "InvalidHub" }),
      KEY,
    );
    hides(
      throws(() => new WebPubSubServiceClient(KEY, { key: KEY }, "chat"), { code: "InvalidEndpoint" }),
      KEY,
    );
    hides(
      throws(() => new WebPubSubServiceClient(ENDPOINT, { key: 5, secret: KEY }, "chat"), {}),
      KEY,
    );
  });

  check("shows no key and no token in an error of any kind", async () => {
    const answers = [
      401,
      () => refusal(404, "E", "no"),
      500,
      302,
      new TypeError("down"),
      () => answer(400, { body: "<html>" }),
      () => new Promise(() => {}),
    ];
    for (const one of answers) {
      const { client, requests } = recording([one], ONCE);
      let told;
      const onResponse = (...all) => (told = all);
      const requestOptions = { timeout: 50, customHeaders: { Authorization: "Bearer mine" } };
      const error = await rejects(client.sendToAll("x", { onResponse, requestOptions }), {
        name: "RestError",
      });
      const [{ token }] = requests;
      ok(token.length > 100, "there was a token");
      hides(error, KEY, token, "Bearer");
      hides(told, KEY, token, "Bearer");
      equal(error.request?.headers.has("authorization") ?? false, false);
    }
  });

  check("shows no token of a credential, nor what it proves itself with", async () => {
    const getToken = async () => ({ token: "hush-token", expiresOnTimestamp: Date.now() + 3.6e6 });
    for (const status of [401, 403, 500]) {
      const { fetch, requests } = recording([status]);
      const client = new WebPubSubServiceClient(ENDPOINT, { getToken }, "chat", { fetch, ...ONCE });
      hides(await rejects(client.sendToAll("x"), { statusCode: status }), "hush");
      equal(requests[0].token, "hush-token");
      hides(client, "hush");
    }
  });

  check("shows no client access token in an error, however odd the answer", async () => {
    const getToken = async () => ({ token: "hush-token", expiresOnTimestamp: Date.now() + 3.6e6 });
    for (const body of ['{"tokens":"hush"}', "hush", '["hush"]']) {
      const lines = [];
      const loggingOptions = { logger: { info: (...all) => void lines.push(all) }, logBodies: true };
      const { fetch } = recording([() => answer(200, { body })]);
      const client = new WebPubSubServiceClient(ENDPOINT, { getToken }, "chat", { fetch, loggingOptions });
      hides(await rejects(client.getClientAccessToken(), { code: "PARSE_ERROR" }), "hush");
      equal(lines.length, 1);
      hides(lines, "hush");
    }
  });

  check("logs no key and no token, whatever is asked for", async () => {
    const lines = [];
    const keep = (...all) => void lines.push(all);
    const loggingOptions = {
      logger: { debug: keep },
      level: "debug",
      logBodies: true,
      additionalAllowedHeaderNames: ["authorization", "Authorization", "AUTHORIZATION"],
      additionalAllowedQueryParameters: ["access_token"],
    };
    const soon = { retryDelayInMs: 1, maxRetries: 1 };
    const { client, requests } = recording([401, 503, new TypeError("down")], {
      loggingOptions,
      retryOptions: soon,
    });
    await rejects(client.sendToAll("x"), {});
    await rejects(client.userExists("u"), {});
    client.getClientAccessTokenSync();
    await client.getClientAccessToken();
    equal(lines.length, 3);
    hides(lines, KEY, ...requests.map(({ token }) => token), "Bearer");
  });
}
