// What every request has beside its parameters, requests of the user's own, and what is seen of answers.
import { equal, matches, ok, rejects } from "../assert.js";
import { CONNECTION_STRING, ENDPOINT, KEY, answer, refusal } from "../recorder.js";
import { isSigned } from "../jwt.js";

const ONCE = { retryOptions: { maxRetries: 0 } };

export function requests({ pkg, check, live, recording }) {
  const withHeaders = (customHeaders) => ({ requestOptions: { customHeaders } });

  const saysWhoItIs = async () => {
    const options = { userAgentOptions: { userAgentPrefix: "mine/1" } };
    const { client, requests } = recording([200]);
    const { client: prefixed, requests: more } = recording([200], options);
    await client.userExists("u");
    await client.userExists("u", withHeaders({ "user-agent": "me" }));
    await client.sendRequest({ method: "GET", path: "/api/x", headers: { "User-Agent": "me" } });
    await prefixed.userExists("u");
    const [own, ...told] = [...requests, ...more].map(({ headers }) => headers.get("user-agent"));
    matches(own, /^webpubsub-edge\/\d+\.\d+\.\d+$/);
    equal(told, ["me", "me", `mine/1 ${own}`]);
  };
  check("says who it is, or what the user agent is told to say", saysWhoItIs, "User-Agent");

  check("refuses a prefix for the user agent that is no text", async () => {
    const options = { userAgentOptions: { userAgentPrefix: 5 } };
    await rejects(async () => recording([], options), { code: "InvalidOption" });
  });

  check("asks for the API version that it is told", async () => {
    const { client, requests } = recording([200], { apiVersion: "2023-07-01&x" });
    await client.userExists("u");
    await client.sendRequest({ method: "GET", path: "/api/x" });
    equal([client.apiVersion, client.group("g").apiVersion], ["2023-07-01&x", "2023-07-01&x"]);
    for (const { url, claims } of requests) {
      matches(url, "?api-version=2023-07-01%26x");
      equal(claims.aud, url);
    }
  });

  check("sends the headers of the client with every request", async () => {
    const customHeaders = { "X-Mine": "client", traceparent: "00-1" };
    const { client, requests } = recording([200], { customHeaders });
    await client.userExists("u");
    await client.userExists("u", withHeaders({ "x-mine": "call", Authorization: "none" }));
    await client.sendRequest({ method: "GET", path: "/api/x", headers: { "x-mine": "request" } });
    equal(
      requests.map(({ headers }) => [headers.get("x-mine"), headers.get("traceparent")]),
      [
        ["client", "00-1"],
        ["call", "00-1"],
        ["request", "00-1"],
      ],
    );
    for (const { headers } of requests) matches(headers.get("authorization"), /^Bearer ey/);
  });

  check("calls a function for the headers once for each call", async () => {
    let calls = 0;
    const customHeaders = () => ({ traceparent: `00-${++calls}`, tracestate: undefined });
    const options = { customHeaders, retryOptions: { retryDelayInMs: 1 } };
    const { client, requests } = recording([503, 503, 200], options);
    await client.userExists("u");
    await client.userExists("u");
    const values = requests.map(({ headers }) => [headers.get("traceparent"), headers.has("tracestate")]);
    equal(
      values,
      ["00-1", "00-1", "00-1", "00-2"].map((value) => [value, false]),
    );
  });

  check("refuses headers of the client that are none, before any request", async () => {
    for (const customHeaders of [5, "a", { "x-mine": 5 }, new Map(), new Headers({ a: "b" })]) {
      await rejects(async () => recording([200], { customHeaders }), {
        name: "TypeError",
        code: "InvalidOption",
      });
    }
    const failure = new Error("no span");
    const failing = () => {
      throw failure;
    };
    const cases = [
      [() => 5, { code: "InvalidOption" }],
      [() => undefined, { code: "InvalidOption" }],
      [async () => ({ a: "b" }), { code: "InvalidOption", message: /await it/ }],
      [() => ({ "x-mine": 5 }), { code: "InvalidOption" }],
      [() => ({ "x mine": "a" }), { code: "InvalidHeader" }],
      [() => ({ "x-mine": "a\r\nb: c" }), { code: "InvalidHeader" }],
      [failing, { message: "no span" }],
    ];
    for (const [customHeaders, expected] of cases) {
      const { client, requests } = recording([200], { customHeaders });
      await rejects(client.userExists("u"), expected);
      equal(requests.length, 0);
    }
  });

  check("refuses headers of the wrong type", async () => {
    const { client, requests } = recording();
    for (const value of [5, null, ["a"], { toString: () => "a" }]) {
      await rejects(client.sendToAll("x", withHeaders({ "x-mine": value })), { code: "InvalidOption" });
    }
    for (const customHeaders of [new Headers({ a: "b" }), new Map([["a", "b"]]), [["a", "b"]]]) {
      const options = { requestOptions: { customHeaders } };
      await rejects(client.sendToAll("x", options), { code: "InvalidOption" });
    }
    equal(requests.length, 0);
    await client.sendToAll("x", withHeaders({ "x-mine": undefined }));
    equal(requests[0].headers.has("x-mine"), false);
  });

  check("refuses metadata with a long key or of the wrong type", async () => {
    const { client, requests } = recording();
    const send = (messageMetadata) => client.sendToAll("x", { messageMetadata });
    await rejects(send({ ["x".repeat(257)]: "x" }), { name: "TypeError", code: "InvalidMetadata" });
    for (const metadata of [{ a: 5 }, { a: null }, 5]) {
      await rejects(send(metadata), { code: "InvalidOption" });
    }
    equal(requests.length, 0);
    await send({ ["x".repeat(256)]: "~" });
    equal(requests[0].headers.get(`x-webpubsub-metadata-${"x".repeat(256)}`), "~");
  });

  check("refuses a message TTL that is infinite or of the wrong type", async () => {
    const { client, requests } = recording();
    const refused = (messageTtlSeconds, expected) =>
      rejects(client.sendToAll("x", { messageTtlSeconds }), expected);
    await refused(Infinity, { name: "RangeError", code: "InvalidMessageTtl" });
    for (const value of ["5", NaN, {}, true])
      await refused(value, { name: "TypeError", code: "InvalidOption" });
    equal(requests.length, 0);
  });

  check("refuses options that an operation does not have, and names the right one", async () => {
    const { client, requests } = recording([200]);
    const group = client.group("g");
    const cases = [
      [
        (options) => client.sendToUser("u", "x", options),
        { excludedConnections: ["c"] },
        "use filter instead",
      ],
      [
        (options) => client.closeAllConnections(options),
        { excludeConnections: ["c"] },
        '"excludedConnections"',
      ],
      [(options) => client.closeAllConnections(options), { filter: "f" }, "excludedConnections"],
      [(options) => client.sendToAll("x", options), { excluded: ["c"] }, '"excludedConnections"'],
      [(options) => client.sendToAll("x", options), { Filter: "f" }, '"filter"'],
      [(options) => client.sendToAll("x", options), { ttl: 1 }, '"messageTtlSeconds"'],
      [(options) => client.sendToAll("x", options), { timeoutInMs: 1 }, "requestOptions.timeout"],
      [(options) => client.sendToAll("x", options), { tracingOptions: {} }, "requestOptions.customHeaders"],
      [(options) => client.sendToAll("x", options), { requestOptions: { headers: {} } }, '"customHeaders"'],
      [(options) => client.sendToAll("x", options), { serializerOptions: {} }, "use nothing instead"],
      [
        (options) => client.sendToAll("x", options),
        { requestOptions: { onUploadProgress() {} } },
        "use nothing instead",
      ],
      [
        (options) => client.sendToAll("x", options),
        { requestOptions: { shouldDeserialize: true } },
        "use onResponse instead",
      ],
      [(options) => client.sendToAll("x", options), { loggingOptions: { loger: {} } }, '"logger"'],
      [(options) => client.sendToConnection("c", "x", options), { filter: "f" }, "filter"],
      [(options) => client.userExists("u", options), { filter: "f" }, "filter"],
      [(options) => client.removeUserFromAllGroups("u", options), { reason: "r" }, "reason"],
      [(options) => client.grantPermission("c", "sendToGroup", options), { target: "g" }, '"targetName"'],
      [(options) => client.addConnectionsToGroups(["g"], "f", options), { filter: "f" }, "filter"],
      [(options) => client.getClientAccessToken(options), { user: "u" }, '"userId"'],
      [
        (options) => client.getClientAccessToken(options),
        { expirationInMinutes: 1 },
        '"expirationTimeInMinutes"',
      ],
      [(options) => client.getServiceStatus(options), { apiVersion: "1" }, "apiVersion"],
      [(options) => group.sendToAll("x", options), { exclude: ["c"] }, '"excludedConnections"'],
      [(options) => group.listConnections(options).next(), { pageSize: 1 }, '"maxPageSize"'],
      [(options) => group.listConnections().byPage(options).next(), { pageSize: 1 }, '"maxPageSize"'],
      [
        (options) => client.sendRequest({ method: "GET", path: "/api/x", ...options }),
        { headrs: {} },
        '"headers"',
      ],
      [(options) => client.sendRequest({ method: "GET", path: "/api/x" }, options), { body: "x" }, "body"],
    ];
    for (const [call, options, words] of cases) {
      const { message } = await rejects(async () => call(options), {
        name: "TypeError",
        code: "InvalidOption",
      });
      matches(message, `"${Object.keys(options.requestOptions ?? options.loggingOptions ?? options)[0]}"`);
      matches(message, words);
    }
    // Options that somebody else reads, and those that nobody sees.
    for (const options of [Promise.resolve({ filter: "f" }), new Map([["filter", "f"]]), ["f"], []]) {
      await rejects(client.sendToAll("x", options), { name: "TypeError", code: "InvalidOption" });
    }
    equal(requests.length, 0);
    await client.userExists("u", { filter: undefined, whatever: undefined });
    equal(requests.length, 1);
  });

  check("refuses options of the wrong type", async () => {
    const { client, requests } = recording();
    const wrong = [
      { filter: 5 },
      { filter: null },
      { filter: ["a"] },
      { excludedConnections: null },
      { excludedConnections: "c" },
      { excludedConnections: [5] },
      { excludedConnections: new Array(3) },
      { excludedConnections: new Set(["c"]) },
      { onResponse: "f" },
      { requestOptions: 5 },
      { requestOptions: { customHeaders: "x" } },
      { requestOptions: { allowInsecureConnection: "yes" } },
      { loggingOptions: 5 },
      "options",
      5,
      () => {},
    ];
    for (const options of wrong) {
      await rejects(client.sendToAll("x", options), { name: "TypeError", code: "InvalidOption" });
    }
    await rejects(client.closeAllConnections({ reason: 5 }), { name: "TypeError", code: "InvalidOption" });
    equal(requests.length, 0);
    for (const options of [
      undefined,
      null,
      {},
      { filter: undefined, requestOptions: null, abortSignal: null },
    ]) {
      await client.sendToAll("x", options);
      equal(requests.at(-1).target, "/api/hubs/chat/:send?api-version=2024-12-01");
    }
  });

  check("tells of the final response, before the call ends", async () => {
    const seen = [];
    const onResponse = (raw, flat, error) => void seen.push({ raw, flat, error });
    const answers = [
      503,
      () => answer(202, { headers: { "X-A": "1" } }),
      () => refusal(404, "Error.X", "no"),
    ];
    const { client, requests } = recording(answers, { retryOptions: { retryDelayInMs: 1 } });
    await client.sendToAll("x", { onResponse, ...withHeaders({ "x-mine": "1" }) });
    const [{ raw, flat, error }] = seen;
    equal([seen.length, raw.status, raw.bodyAsText, flat, error], [1, 202, null, undefined, undefined]);
    equal([raw.headers.get("x-a"), raw.request.method, raw.request.url], ["1", "POST", requests[0].url]);
    equal(raw.request.headers.get("X-Mine"), "REDACTED");
    const failed = await rejects(client.group("g").addUser("u", { onResponse }), { statusCode: 404 });
    ok(seen[1].error === failed && seen[1].raw === failed.response, "the error and its response");
    equal(seen[1].flat.message, "no");
    const { client: gone } = recording([new TypeError("down")], ONCE);
    await rejects(gone.sendToAll("x", { onResponse }), { kind: "Network" });
    equal(seen.length, 2, "there is no response to tell of");
  });

  live("sends requests of the user's own", async ({ hub, client, guest, heard }) => {
    const ada = await guest({ groups: ["g"], userId: "ada" });
    await guest();
    const path = `/api/hubs/${hub}`;
    const exists = (group) => client.sendRequest({ method: "HEAD", path: `${path}/groups/${group}` });
    const [there, missing] = [await exists("g"), await exists("h")];
    equal(
      [there.status, missing.status, missing.headers.get("x-ms-error-code")],
      [200, 404, "Warning.Group.NotExisted"],
    );
    equal(await there.text(), "");
    const list = await client.sendRequest({ method: "GET", path: `${path}/groups/g/connections` });
    equal([list.ok, await list.json()], [true, { value: [{ connectionId: ada.id, userId: "ada" }] }]);
    const sent = await client.sendRequest({
      method: "POST",
      path: `${path}/:send?messageTtlSeconds=1`,
      query: { filter: "userId eq 'ada' or 'a b' in groups", excluded: ["x", "y z"] },
      headers: { "Content-Type": "text/plain" },
      body: "wörld",
    });
    equal(sent.status, 202);
    equal(await heard(), [["wörld"], []]);
    const closed = await client.sendRequest({ method: "DELETE", path: `${path}/connections/${ada.id}` });
    equal([closed.status, closed.body], [204, null]);
  });

  check("signs requests of the user's own for where they arrive", async () => {
    const paths = [
      "/api/x",
      "/api/a%2Fb/%C3%A9%20'x'",
      "/api/x?a=b&c=d%20e",
      "/api/x?",
      "/api/x?a=b?c/d",
      "/api/:send;v=1,2/~x",
    ];
    for (const path of paths) {
      const { client, requests } = recording([200]);
      await client.sendRequest({
        method: "GET",
        path,
        query: { f: "a b'c+é&=", list: [1, true, "x"], no: null },
      });
      const [{ url, arrives, claims, method }] = requests;
      equal([arrives, claims.aud, method], [url, url, "GET"]);
      ok(url.startsWith(`${ENDPOINT}${path}`), "the path is kept as it is");
      const { searchParams, hash } = new URL(url);
      equal([searchParams.get("f"), searchParams.getAll("list")], ["a b'c+é&=", ["1", "true", "x"]]);
      equal([searchParams.getAll("api-version"), searchParams.has("no"), hash], [["2024-12-01"], false, ""]);
      equal(/\+/.test(url), false, "no blank becomes a plus");
    }
  });

  check("gives every answer to the user's own request", async () => {
    for (const status of [200, 201, 204, 302, 400, 401, 404, 418, 501]) {
      const { client } = recording([status], ONCE);
      const response = await client.sendRequest({ method: "GET", path: "/api/x" });
      ok(response instanceof Response, "a Response");
      equal([response.status, await response.text()], [status, ""]);
    }
    const { client } = recording([() => answer(400, { headers: { "x-a": "1" }, body: { a: 1 } })]);
    const response = await client.sendRequest({ method: "GET", path: "/api/x" });
    equal([response.headers.get("x-a"), await response.json()], ["1", { a: 1 }]);
    const gone = recording([new TypeError("down")], ONCE).client;
    await rejects(gone.sendRequest({ method: "GET", path: "/api/x" }), { kind: "Network" });
  });

  check("sends the headers of the user's own requests, and no other credential", async () => {
    const { client, requests } = recording([200]);
    const headers = { "X-Mine": "1", "x-both": "own", authorization: "Bearer stolen" };
    const options = withHeaders({ "X-Both": "custom" });
    await client.sendRequest({ method: "GET", path: "/api/x", headers }, options);
    const seen = requests[0].headers;
    equal(
      ["x-mine", "x-both"].map((name) => seen.get(name)),
      ["1", "custom"],
    );
    ok(await isSigned(requests[0].token, KEY), "the signature");
  });

  check("sends the bodies of the user's own requests as they are", async () => {
    const bytes = Uint8Array.of(0, 255);
    const stream = () => new Blob([bytes]).stream();
    for (const body of [bytes, bytes.buffer, new Blob([bytes]), stream(), stream]) {
      const { client, requests } = recording([200]);
      await client.sendRequest({ method: "PUT", path: "/api/x", headers: { "Content-Type": "a/b" }, body });
      equal([requests[0].contentType, requests[0].bytes], ["a/b", bytes]);
    }
    const { client, requests } = recording([200]);
    for (const body of [undefined, null]) await client.sendRequest({ method: "POST", path: "/api/x", body });
    equal(
      requests.map(({ text }) => text),
      ["", ""],
    );
    for (const body of [{}, 5, true, "\ud800"]) {
      await rejects(client.sendRequest({ method: "POST", path: "/api/x", body }), { code: "InvalidMessage" });
    }
    equal(requests.length, 2);
  });

  check("refuses requests of the user's own that make no sense", async () => {
    const { client, requests } = recording([200]);
    const send = (request) => client.sendRequest(request);
    const path = "/api/x";
    for (const method of ["", "get", "TRACE", "CONNECT", "constructor", undefined, null, 5]) {
      await rejects(send({ method, path }), { name: "TypeError", code: "InvalidMethod" });
    }
    const away = [
      "//elsewhere.example/",
      "https://elsewhere.example/api",
      "\\\\elsewhere.example",
      "/\\elsewhere.example",
    ];
    const nonsense = ["http://[", "//", "javascript:0", "/api/\ud800", undefined, null, 5, {}];
    // What URL parsers would rewrite: what is signed, sent and asked for must be the same.
    const rewritten = [
      "api/x",
      "",
      "/api/x#part",
      "/api/../health",
      "/api/./x",
      "/api/..",
      "/api/%2e%2E/health",
      "/api/.%2E",
      "/api/%2e",
      "/api/é",
      "/api/a b",
      "/api/a\\b",
      "/api/a\tb",
      "/api/x?a=b c",
      "/api/x?a='b'",
      "/api/x?a=é",
    ];
    for (const path of [...away, ...nonsense, ...rewritten]) {
      await rejects(send({ method: "GET", path }), { name: "TypeError", code: "InvalidPath" });
    }
    for (const query of [5, "a=b", { a: "\ud800" }, { "\udc00": "a" }, { a: {} }, { a: [{}] }]) {
      await rejects(send({ method: "GET", path, query }), { name: "TypeError", code: "InvalidOption" });
    }
    for (const headers of [5, { a: 5 }]) {
      await rejects(send({ method: "GET", path, headers }), { name: "TypeError", code: "InvalidOption" });
    }
    await rejects(send({ method: "GET", path, headers: { a: "x\r\ny" } }), { code: "InvalidHeader" });
    for (const request of [undefined, null, 5])
      await rejects(send(request), { name: "TypeError", code: /^Invalid/ });
    await rejects(client.sendRequest({ method: "GET", path }, 5), { code: "InvalidOption" });
    equal(requests.length, 0);
  });

  check("calls fetch as it is found when the request is sent", async () => {
    const original = globalThis.fetch;
    let seen;
    const client = new pkg.WebPubSubServiceClient(CONNECTION_STRING, "chat");
    try {
      globalThis.fetch = async (url) => {
        seen = url;
        return new Response(null, { status: 200 });
      };
      equal(await client.userExists("u"), true);
    } finally {
      globalThis.fetch = original;
    }
    matches(seen, "https://contoso.example/api/hubs/chat/users/u");
    await rejects(async () => recording([], { fetch: "fetch" }), {
      name: "TypeError",
      code: "InvalidOption",
    });
  });
}
