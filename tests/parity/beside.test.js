// The official client beside ours: both make the same calls, and their requests are compared. What they do otherwise
// stands in `DIFFERENT`, with what each does and why, so that it is seen when either changes.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import * as official from "@azure/web-pubsub";
import * as ours from "webpubsub-edge";
import { CONNECTION_STRING, host, opened, ordered, recorded, stop } from "./recorder.js";

after(stop);

const BYTES = Uint8Array.of(0, 1, 254, 255);

/** Calls that are the same in both. */
const SAME = [
  (c) =>
    c.sendToAll(
      { a: [1, null, "wörld ✓"] },
      { excludedConnections: ["a b", "c,d"], filter: "userId eq 'x y'" },
    ),
  (c) => c.sendToAll(null),
  (c) => c.sendToAll(false),
  (c) => c.sendToAll(0),
  (c) => c.sendToAll(""),
  (c) => c.sendToAll("", { contentType: "text/plain" }),
  (c) => c.sendToAll("x", { messageTtlSeconds: 0, excludedConnections: [] }),
  (c) => c.sendToAll(BYTES.buffer),
  (c) => c.sendToAll(BYTES.subarray(1, 3)),
  (c) => c.sendToAll(new DataView(BYTES.buffer, 1, 2), { contentType: "application/octet-stream" }),
  (c) => c.sendToAll(() => Readable.from([BYTES.subarray(0, 1), BYTES.subarray(1)])),
  (c) =>
    c.sendToUser("a user/ü?#%", "hi", {
      contentType: "text/plain",
      filter: "'g' in groups",
      messageTtlSeconds: 300,
    }),
  (c) => c.sendToUser("u", { a: 1 }),
  (c) => c.sendToConnection("a c", "hi", { contentType: "text/plain" }),
  (c) => c.sendToConnection("c", BYTES),
  (c) => c.userExists("a user"),
  (c) => c.connectionExists("c/d"),
  (c) => c.groupExists("é"),
  (c) => c.closeConnection("c", { reason: "a reason & more" }),
  (c) => c.closeConnection("c"),
  (c) => c.closeAllConnections(),
  (c) => c.closeAllConnections({ reason: "r" }),
  (c) => c.closeUserConnections("u"),
  (c) => c.hasPermission("c", "sendToGroup", { targetName: "a g" }),
  (c) => c.hasPermission("c", "joinLeaveGroup"),
  (c) => c.grantPermission("c/d", "sendToGroup", { targetName: "a&g" }),
  (c) => c.revokePermission("c", "joinLeaveGroup"),
  (c, { odata }) => c.addConnectionsToGroups(["g", "h i"], odata`userId eq ${"o'neil"} and x ne ${null}`),
  (c, { odata }) =>
    c.removeConnectionsFromGroups(["ü"], odata`startswith(userId, '${"a'b"}') and ${1} lt 2 or ${true}`),
  (c) => c.group("a g").addConnection("c d"),
  (c) => c.group("g").addUser("a/b"),
  (c) => c.group("g%2e").removeUser("u%"),
  (c) => c.group("g").closeAllConnections({ reason: "r" }),
  (c) => c.group("g").sendToAll(BYTES, { excludedConnections: ["c"], filter: "f", messageTtlSeconds: 5 }),
  (c) => c.group("g").listConnections({ maxPageSize: 7, top: 9, continuationToken: "a/b==" }),
  async (c) => (await c.group("g").listConnections()).byPage(),
];

/** Calls that are not, as `[why, call, what of the official request, what of ours]`. */
const DIFFERENT = [
  [
    "all but unreserved characters is escaped, so that no proxy on the way has anything left to rewrite",
    (c) => c.userExists("a!'()*"),
    ({ target }) => assert.match(target, /\/users\/a!'\(\)\*\?/),
    ({ target }) => assert.match(target, /\/users\/a%21%27%28%29%2A\?/),
  ],
  ...[
    (c) => c.closeAllConnections({ excludedConnections: ["a", "b c"] }),
    (c) => c.group("g").closeAllConnections({ excludedConnections: ["a", "b c"] }),
  ].map((call) => [
    "the connections to leave out are left out, which the official client forgets to ask for",
    call,
    ({ target }) => assert.doesNotMatch(target, /excluded/),
    ({ target }) => assert.match(target, /excluded=a&excluded=b%20c/),
  ]),
  [
    "an explicit content type wins: bytes may be JSON already",
    (c) => c.sendToAll(new TextEncoder().encode("{}"), { contentType: "application/json" }),
    ({ type, text }) => assert.deepEqual([type, text], ["application/octet-stream", "{}"]),
    ({ type, text }) => assert.deepEqual([type, text], ["application/json", "{}"]),
  ],
  [
    "an explicit content type wins: text may be sent as bytes",
    (c) => c.sendToAll("hé", { contentType: "application/octet-stream" }),
    ({ type, text }) => assert.deepEqual([type, text], ["application/json", '"hé"']),
    ({ type, text }) => assert.deepEqual([type, text], ["application/octet-stream", "hé"]),
  ],
  [
    "a stream is a message, and not an object",
    (c) => c.sendToAll(new Blob([BYTES]).stream()),
    ({ type, text }) => assert.deepEqual([type, text], ["application/json", "{}"]),
    ({ type, bytes }) => assert.deepEqual([type, bytes], ["application/octet-stream", Buffer.from(BYTES)]),
  ],
];

/** Calls that fail in the official client, in Node at least, and not in ours. */
const MORE = [
  (c) => c.sendToAll(new Blob([BYTES], { type: "image/png" })),
  (c) => c.sendToAll(() => new Blob([BYTES]).stream()),
];

/** Bad input that ours refuses, and the official client sends. */
const REFUSED = [
  [(c) => c.userExists(".."), "InvalidUserId"],
  [(c) => c.group(".").addUser("u"), "InvalidGroup"],
  [(c) => c.groupExists(" "), "InvalidGroup"],
  [(c) => c.group("x".repeat(1025)).addUser("u"), "InvalidGroup"],
  [(c) => c.sendToAll("x", { messageTtlSeconds: 999 }), "InvalidMessageTtl"],
  [(c) => c.grantPermission("c", "sendToGroups"), "InvalidPermission"],
  [async (c) => (await c.group("g").listConnections({ maxPageSize: 201 })).next(), "InvalidPageSize"],
  [(c) => c.sendToAll("x", { contentType: "text/html" }), "InvalidContentType"],
  [(c) => c.addConnectionsToGroups([], "f"), "InvalidGroup"],
  [(c) => c.addConnectionsToGroups(["g"], ""), "InvalidFilter"],
  [(c) => c.sendToAll("x", { filter: "" }), "InvalidFilter"],
  [(c) => c.sendToUser("u", "x", { excludedConnections: ["c"] }), "InvalidOption"],
  [(c) => c.sendToAll("x", { tracingOptions: {} }), "InvalidOption"],
  [
    (c, { odata }) => c.sendToAll("x", { filter: odata`userId in (${["a", "b"]}) or x eq ${{}}` }),
    "InvalidFilter",
  ],
];

/** Bad input that both refuse, in the same words where there are some. */
const BOTH = [
  [(c) => c.sendToAll({}, { contentType: "text/plain" }), /Message must be a string/],
  [(c) => c.sendToAll(BYTES, { contentType: "text/plain" }), /Message must be a string/],
  [(c) => c.sendToAll(undefined), /message/],
];

const clientOf = ({ WebPubSubServiceClient }) =>
  new WebPubSubServiceClient(CONNECTION_STRING, "chat", {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });

/** The requests that a call makes; what lists is read to its end. */
const requests = async (pkg, call) => {
  recorded.length = 0;
  const result = await call(clientOf(pkg), pkg);
  if (typeof result?.[Symbol.asyncIterator] === "function") for await (const page of result) assert.ok(page);
  const compared = async ({ method, target, headers, body }) => {
    const { header, claims, lifetime } = await opened(headers.authorization.replace("Bearer ", ""));
    assert.equal(claims.aud, `http://${host}${target}`, "the audience is the URL that arrived");
    return {
      method,
      target: ordered(target),
      type: headers["content-type"],
      // Of HEAD, hosts say that they accept anything.
      accept: method === "HEAD" ? undefined : headers.accept,
      body,
      jwt: [header, Object.keys(claims).toSorted(), lifetime],
    };
  };
  return Promise.all(recorded.map(compared));
};

/** What a test says of a call. */
const shown = (call) =>
  String(call)
    .replace(/\s+/g, " ")
    .replace(/^\(.*?\) => /, "");

for (const call of SAME) {
  test(shown(call), async () => {
    const expected = await requests(official, call);
    assert.equal(expected.length, 1);
    assert.deepEqual(await requests(ours, call), expected);
  });
}

for (const [why, call, theirs, own] of DIFFERENT) {
  test(`${why}: ${shown(call)}`, async () => {
    for (const [pkg, check] of [
      [official, theirs],
      [ours, own],
    ]) {
      recorded.length = 0;
      await call(clientOf(pkg), pkg);
      const [{ target, headers, body }] = recorded;
      check({ target, type: headers["content-type"], bytes: body, text: body.toString() });
    }
  });
}

for (const call of MORE) {
  test(`sent by ours alone: ${shown(call)}`, async () => {
    await assert.rejects(requests(official, call));
    const [{ type, body }] = await requests(ours, call);
    assert.deepEqual([type, body], ["application/octet-stream", Buffer.from(BYTES)]);
  });
}

for (const [call, code] of REFUSED) {
  test(`refused, and not sent: ${shown(call)}`, async () => {
    recorded.length = 0;
    await call(clientOf(official), official);
    assert.equal(recorded.length, 1, "the official client sends it");
    await assert.rejects(async () => call(clientOf(ours), ours), { code });
    assert.equal(recorded.length, 1, "ours does not");
  });
}

for (const [call, message] of BOTH) {
  test(`refused by both: ${shown(call)}`, async () => {
    recorded.length = 0;
    for (const pkg of [official, ours]) {
      await assert.rejects(async () => call(clientOf(pkg), pkg), { message });
    }
    assert.equal(recorded.length, 0);
  });
}

test("client access tokens are the same, whatever they are for", async () => {
  const cases = [
    {},
    { userId: "a ü", roles: ["webpubsub.sendToGroup.g"], groups: ["g", "h"], expirationTimeInMinutes: 1.5 },
    { clientProtocol: "mqtt" },
    { clientProtocol: "socketio" },
    { clientProtocol: "default", expirationTimeInMinutes: 600 },
  ];
  for (const options of cases) {
    const [expected, own] = await Promise.all(
      [official, ours].map(async (pkg) => {
        const { token, baseUrl, url } = await clientOf(pkg).getClientAccessToken(options);
        const { header, claims, lifetime } = await opened(token);
        const { iat, exp, ...rest } = claims;
        return { header, rest, lifetime, baseUrl, url: url.replace(token, "TOKEN") };
      }),
    );
    assert.deepEqual(own, expected);
  }
});

test("failures of the service have the same names, codes, statuses and words", async () => {
  for (const pkg of [official, ours]) {
    const client = clientOf(pkg);
    const failed = {
      name: "RestError",
      code: "Error.Connection.NotExisted",
      statusCode: 404,
      message: /nobody/,
    };
    await assert.rejects(client.grantPermission("nobody", "sendToGroup"), failed);
    await assert.rejects(client.group("g").addConnection("nobody"), failed);
    assert.equal(await client.connectionExists("nobody"), false);
  }
});

test("an abort has the same name", async () => {
  for (const pkg of [official, ours]) {
    await assert.rejects(clientOf(pkg).sendToAll(1, { abortSignal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  }
});
