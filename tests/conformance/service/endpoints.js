// Where requests go: connection strings, endpoints and the reverse proxies in front of them.
import { equal, matches, ok, rejects, throws } from "../assert.js";
import { endpointIn, isSigned } from "../jwt.js";
import { CONNECTION_STRING, ENDPOINT, KEY, answer } from "../recorder.js";

export function endpoints({ pkg, check, live, connectionString, recording }) {
  const { WebPubSubServiceClient } = pkg;
  const parsed = (text) => new WebPubSubServiceClient(text, "chat");

  check("reads connection strings", async () => {
    const cases = [
      ["Endpoint=https://a.example;AccessKey=k;Version=1.0;", "https://a.example/"],
      ["Endpoint=https://a.example/;AccessKey=k", "https://a.example/"],
      ["Endpoint=http://localhost;Port=8080;AccessKey=k;Version=1.0;", "http://localhost:8080/"],
      ["accesskey=k;ENDPOINT=https://a.example", "https://a.example/"],
      [" Endpoint = https://a.example ; AccessKey = k ;; ", "https://a.example/"],
      ["Endpoint=https://a.example;AccessKey=k;Version=9;Else=x;Another=", "https://a.example/"],
      ["Endpoint=https://A.Example:443;AccessKey=k;", "https://a.example/"],
      ["Endpoint=https://a.example:1;AccessKey=k;Port=2", "https://a.example:2/"],
      ["Endpoint=http://127.0.0.1:8080;AccessKey=k", "http://127.0.0.1:8080/"],
      ["Endpoint=http://[::1]:8080;AccessKey=k", "http://[::1]:8080/"],
    ];
    for (const [text, endpoint] of cases) {
      const client = parsed(text);
      equal([client.endpoint, client.hubName, client.apiVersion], [endpoint, "chat", "2024-12-01"]);
      ok(await isSigned(client.getClientAccessTokenSync().token, "k"), "the key");
    }
  });

  check("refuses connection strings that are malformed, and says in what", async () => {
    const cases = [
      ["", /missing endpoint/],
      ["hello", /endpoint/],
      ["AccessKey=k", /missing endpoint/],
      ["Endpoint=https://a.example", /missing access key/],
      ["Endpoint=;AccessKey=k", /empty Endpoint/],
      ["Endpoint=https://a.example;AccessKey=", /empty AccessKey/],
      ["Endpoint=https://a.example;AccessKey=k;AccessKey=l", /more than one AccessKey/],
      ["Endpoint=https://a.example;endpoint=https://b.example;AccessKey=k", /more than one Endpoint/],
      ["Endpoint=a.example;AccessKey=k", /https:\/\//],
      ["Endpoint=ftp://a.example;AccessKey=k", /https:\/\//],
      ["Endpoint=https://;AccessKey=k", /Endpoint/],
      ["Endpoint=https://a.example/path;AccessKey=k", /Endpoint/],
      ["Endpoint=https://user:pass@a.example;AccessKey=k", /Endpoint/],
      ["Endpoint=https://a b;AccessKey=k", /Endpoint/],
      ...["0", "65536", "abc", "-1", "8080x", "+80"].map((port) => [
        `Endpoint=https://a.example;AccessKey=k;Port=${port}`,
        /Port is not a number/,
      ]),
    ];
    for (const [text, message] of cases) {
      throws(() => parsed(text), { name: "TypeError", code: "InvalidConnectionString", message });
    }
    for (const text of [undefined, null, 5, {}, "\ud800"]) {
      throws(() => parsed(text), { name: "TypeError", code: /^Invalid(ConnectionString|Endpoint)$/ });
    }
    throws(() => new WebPubSubServiceClient(), { name: "TypeError", code: "InvalidConnectionString" });
    throws(() => new WebPubSubServiceClient(CONNECTION_STRING), { name: "TypeError", code: "InvalidHub" });
  });

  check("refuses endpoints that are none", async () => {
    const wrong = [
      "",
      "a.example",
      "//a.example",
      "ws://a.example",
      "https://",
      "https://a.example/x",
      "https://a?b",
    ];
    const rewritten = [
      "https://a#b",
      "https://u@a",
      "https://a..b",
      "https://1.2.3",
      "https://0x7f.1",
      "https://ä.example",
    ];
    const ports = ["https://a:0", "https://a:65536", "https://a:x", "https://[::1", "https://a\\b"];
    for (const endpoint of [...wrong, ...rewritten, ...ports]) {
      const make = () => new WebPubSubServiceClient(endpoint, { key: "k" }, "chat");
      throws(make, { name: "TypeError", code: "InvalidEndpoint", message: /https:\/\/name\.webpubsub/ });
    }
    for (const endpoint of [undefined, null, 5, {}, "https://\ud800"]) {
      throws(() => new WebPubSubServiceClient(endpoint, { key: "k" }, "chat"), { code: "InvalidEndpoint" });
    }
  });

  check("tells what it was made with, and what its groups belong to", async () => {
    const { client } = recording();
    const group = client.group("a/b");
    equal(Object.keys(client).sort(), ["apiVersion", "endpoint", "hubName"]);
    equal(
      [group.groupName, group.hubName, group.endpoint, group.apiVersion],
      ["a/b", "chat", `${ENDPOINT}/`, "2024-12-01"],
    );
    throws(
      () => {
        client.hubName = "another";
      },
      { name: "TypeError" },
    );
    ok(group instanceof pkg.WebPubSubGroup, "a WebPubSubGroup");
  });

  const proxied = (reverseProxyEndpoint, options, answers = [200]) =>
    recording(answers, { reverseProxyEndpoint, ...options });

  check("sends requests to a reverse proxy, signed for the service", async () => {
    const cases = [
      ["https://apim.example", "https://apim.example"],
      ["https://APIM.example/", "https://apim.example"],
      ["http://apim.example:8080/a/b", "http://apim.example:8080/a/b"],
      ["http://apim.example/a~b_c.d-e/", "http://apim.example/a~b_c.d-e"],
      ["https://apim.example:443/x", "https://apim.example/x"],
    ];
    for (const [endpoint, base] of cases) {
      const { client, requests } = proxied(endpoint);
      await client.group("a b").addUser("é/x");
      await client.sendRequest({ method: "GET", path: "/api/x", query: { a: "b c" } });
      for (const { url, arrives, claims } of requests) {
        equal([url.startsWith(`${base}/api/`), arrives], [true, url]);
        equal(claims.aud, `${ENDPOINT}${url.slice(base.length)}`);
      }
      equal(client.endpoint, `${ENDPOINT}/`);
    }
  });

  check("follows links through the reverse proxy", async () => {
    const path = "/api/hubs/chat/groups/g/connections?continuationToken=2";
    for (const origin of [ENDPOINT, "https://apim.example", "https://internal.example"]) {
      const first = () => answer(200, { body: { value: [], nextLink: `${origin}${path}` } });
      const last = () => answer(200, { body: { value: [] } });
      const { client, requests } = proxied("http://apim.example:81/x", {}, [first, last]);
      for await (const _ of client.group("g").listConnections());
      equal(
        [requests[1].url, requests[1].claims.aud],
        [`http://apim.example:81/x${path}`, `${ENDPOINT}${path}`],
      );
    }
  });

  check("leads clients to the service, and to the reverse proxy if it is told to", async () => {
    const claims = (token) => token.split(".")[1];
    const direct = proxied("http://apim.example:81/x").client.getClientAccessTokenSync();
    const led = proxied("http://apim.example:81/x", { reverseProxyClientUrls: true }).client;
    const through = await led.getClientAccessToken();
    equal(direct.baseUrl, "wss://contoso.example/client/hubs/chat");
    equal(through.baseUrl, "ws://apim.example:81/x/client/hubs/chat");
    equal(through.url, `${through.baseUrl}?access_token=${through.token}`);
    matches(atob(claims(through.token)), '"aud":"https://contoso.example/client/hubs/chat"');
    const mqtt = led.getClientAccessTokenSync({ clientProtocol: "mqtt" });
    equal(mqtt.baseUrl, "ws://apim.example:81/x/clients/mqtt/hubs/chat");
    const none = recording([], { reverseProxyClientUrls: true }).client.getClientAccessTokenSync();
    equal(none.baseUrl, "wss://contoso.example/client/hubs/chat");
  });

  check("refuses reverse proxies that requests would not arrive at", async () => {
    const wrong = [
      "",
      "apim.example",
      "ftp://apim.example",
      "https://apim.example/a b",
      "https://apim.example/?x=1",
    ];
    const folded = [
      "https://apim.example/a/../b",
      "https://apim.example/%2e",
      "https://apim.example/a//b",
      "https://a@b",
    ];
    for (const endpoint of [...wrong, ...folded]) {
      throws(() => proxied(endpoint), { name: "TypeError", code: "InvalidEndpoint" });
    }
    throws(() => proxied(5), { name: "TypeError", code: "InvalidOption" });
    throws(() => proxied("https://a", { reverseProxyClientUrls: "yes" }), {
      name: "TypeError",
      code: "InvalidOption",
    });
  });

  live("is understood by the service behind a reverse proxy", async ({ hub, client, guest }) => {
    const service = endpointIn(connectionString);
    const passed = [];
    const proxy = (url, init) => {
      passed.push(url);
      return fetch(url.replace("https://apim.example/prefix", service), init);
    };
    const options = { reverseProxyEndpoint: "https://apim.example/prefix/", fetch: proxy };
    const behind = new WebPubSubServiceClient(connectionString, hub, options);
    for (const userId of ["ada", "a'b (c)*!~", "ü %41"]) {
      await guest({ userId, groups: ["g"] });
      equal([await behind.userExists(userId), await behind.userExists(`${userId}x`)], [true, false]);
    }
    const ids = [];
    for await (const { connectionId } of behind.group("g").listConnections({ maxPageSize: 1 }))
      ids.push(connectionId);
    equal([ids.length, await client.groupExists("g")], [3, true]);
    ok(
      passed.every((url) => url.startsWith("https://apim.example/prefix/api/")),
      "all by the proxy",
    );
  });

  check("refuses client options that make no sense", async () => {
    const wrong = [
      { apiVersion: 5 },
      { allowInsecureConnection: "yes" },
      { userAgentOptions: "me" },
      { loggingOptions: 5 },
      { loggingOptions: { level: "loud" } },
      { loggingOptions: { logger: "console" } },
      { loggingOptions: { logBodies: 1 } },
      { loggingOptions: { additionalAllowedHeaderNames: "x" } },
      "options",
      5,
    ];
    for (const options of wrong) {
      throws(() => new WebPubSubServiceClient(ENDPOINT, { key: KEY }, "chat", options), {
        name: "TypeError",
        code: "InvalidOption",
      });
      throws(() => new WebPubSubServiceClient(CONNECTION_STRING, "chat", options), { code: "InvalidOption" });
    }
    for (const options of [
      undefined,
      null,
      {},
      { apiVersion: null, fetch: undefined, loggingOptions: null },
    ]) {
      equal(new WebPubSubServiceClient(CONNECTION_STRING, "chat", options).apiVersion, "2024-12-01");
    }
  });
}
