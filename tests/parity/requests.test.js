// What the official JavaScript client really sent, sent again by ours: `official-requests.json` holds the calls and
// the requests that a recorder got from @azure/web-pubsub 1.2.0. Query parameters may come in another order; all
// else is the same, but for the differences that stand here with their reason.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { WebPubSubServiceClient, odata } from "webpubsub-edge";
import { CONNECTION_STRING, KEY, host, opened, ordered, recorded, stop } from "./recorder.js";

const RECORDED_AT = "127.0.0.1:8765";
const { vectors } = JSON.parse(await readFile(new URL("official-requests.json", import.meta.url), "utf8"));

/** Where we differ on purpose, and why. */
const DIFFERENT = {
  "group.dotdot.sendToAll": {
    why: "URLs fold `..` away, so that the official client sends a message for one group to the whole hub",
    check: (call) => refused(call, { name: "TypeError", code: "InvalidGroup" }),
  },
};

after(stop);

/** A vector speaks of the recorder of then. */
const here = (text) => text?.replaceAll(RECORDED_AT, host);

/** Runs the call of a vector as it stands there; what lists is read to its end. */
const replay = async ({ call }) => {
  recorded.length = 0;
  const client = new WebPubSubServiceClient(CONNECTION_STRING, "chat");
  const code = here(call).replace("AccessKey=<key>", `AccessKey=${KEY}`);
  const result = new Function("c", "odata", "WebPubSubServiceClient", `return ${code}`)(
    client,
    odata,
    WebPubSubServiceClient,
  );
  if (typeof result?.[Symbol.asyncIterator] !== "function") return result;
  for await (const item of result) assert.fail(`the list is empty, and gave ${JSON.stringify(item)}`);
};

const refused = async (call, error) => {
  await assert.rejects(async () => call(), error);
  assert.deepEqual(recorded, [], "something was sent");
};

/** The same claims, with the same values where the vector has some, for the same time. */
const sameClaims = ({ claims, lifetime }, expected, lifetimeSeconds) => {
  assert.deepEqual(Object.keys(claims).toSorted(), Object.keys(expected).toSorted());
  for (const [name, value] of Object.entries(expected)) {
    // Times differ from run to run.
    if (value !== null) assert.deepEqual(claims[name], typeof value === "string" ? here(value) : value, name);
  }
  assert.equal(lifetime, lifetimeSeconds);
};

const sameRequest = async (request, expected) => {
  assert.equal(request.method, expected.method);
  assert.deepEqual(ordered(request.target), ordered(expected.target));
  assert.equal(request.headers["content-type"] ?? null, expected.contentType);
  assert.equal(request.body.toString("base64"), expected.bodyBase64);
  // A HEAD request accepts no body; hosts then say that they accept anything.
  if (expected.accept !== null) assert.equal(request.headers.accept, expected.accept);
  const [scheme, token] = request.headers.authorization.split(" ");
  assert.equal(scheme, "Bearer");
  const jwt = await opened(token);
  assert.deepEqual(jwt.header, expected.jwt.header);
  // The audience is the URL that arrived, byte for byte.
  const aud = `http://${host}${request.target}`;
  sameClaims(jwt, { aud, exp: null, iat: null }, expected.jwt.lifetimeSeconds);
  assert.deepEqual(expected.jwt.claims.toSorted(), ["aud", "exp", "iat"]);
  assert.deepEqual(ordered(here(expected.jwt.aud)), ordered(aud));
};

const sameToken = async (token, { baseUrl, claims, lifetimeSeconds }) => {
  assert.equal(token.baseUrl, here(baseUrl));
  assert.equal(token.url, `${here(baseUrl)}?access_token=${token.token}`);
  sameClaims(await opened(token.token), claims, lifetimeSeconds);
};

/** A connection string: what it is read as, or how it is refused. */
const sameConnectionString = async ({ connectionString, result, error }) => {
  const make = () => new WebPubSubServiceClient(connectionString, "chat");
  if (error) {
    // Ours says more: what is right, and where to find it. What was missing is named alike.
    const missing = error.message.replace("connection string ", "");
    const check = (thrown) => thrown.name === error.name && thrown.message.includes(missing);
    return refused(make, check);
  }
  const client = make();
  assert.equal(client.endpoint, result.endpoint);
  const { baseUrl, token } = await client.getClientAccessToken();
  assert.equal(baseUrl, result.baseUrl);
  const [, accessKey] = /AccessKey=([^;]+)/i.exec(connectionString);
  const { claims, lifetime } = await opened(token, accessKey);
  assert.equal(claims.aud, result.claims.aud);
  assert.equal(lifetime, result.lifetimeSeconds);
};

for (const vector of vectors) {
  test(vector.id, async () => {
    recorded.length = 0;
    const different = DIFFERENT[vector.id];
    if (different) return different.check(() => replay(vector));
    if (vector.connectionString !== undefined) return sameConnectionString(vector);
    const result = await replay(vector);
    assert.equal(recorded.length, vector.requests.length);
    for (const [i, expected] of vector.requests.entries()) await sameRequest(recorded[i], expected);
    if (vector.result) await sameToken(result, vector.result);
  });
}

// Differences that no vector shows.

test("MQTT is known in any letter case; the official client takes another case for the default", async () => {
  const client = new WebPubSubServiceClient(CONNECTION_STRING, "chat");
  const { baseUrl } = await client.getClientAccessToken({ clientProtocol: "MQTT" });
  assert.equal(baseUrl, `ws://${host}/clients/mqtt/hubs/chat`);
});

test("a connection string is read strictly: the official client takes the last of duplicates", async () => {
  const twice = `Endpoint=http://${host};AccessKey=${KEY};AccessKey=other`;
  await refused(() => new WebPubSubServiceClient(twice, "chat"), { code: "InvalidConnectionString" });
});

test("blanks in a connection string are trimmed: the official client finds no endpoint", () => {
  const client = new WebPubSubServiceClient(` Endpoint = http://${host} ; AccessKey = ${KEY} `, "chat");
  assert.equal(client.endpoint, `http://${host}/`);
});

test("an endpoint has its scheme: the official client takes https without a word", async () => {
  const bare = `Endpoint=${host};AccessKey=${KEY}`;
  await refused(() => new WebPubSubServiceClient(bare, "chat"), { code: "InvalidConnectionString" });
});

test("an id with a slash is sent escaped, as the official client sends it", async () => {
  await replay({ call: 'c.sendToUser("tenant/alice", 1)' });
  assert.equal(recorded[0].target, "/api/hubs/chat/users/tenant%2Falice/:send?api-version=2024-12-01");
});
