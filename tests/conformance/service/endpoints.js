// Where requests go: connection strings, endpoints and the reverse proxies in front of them.
import { equal, matches, ok, throws } from "../assert.js";
import { endpointIn } from "../jwt.js";
import { CONNECTION_STRING, ENDPOINT, KEY } from "../recorder.js";

export function endpoints({ pkg, check, live, connectionString, recording }) {
  const { WebPubSubServiceClient } = pkg;

  check("refuses connection strings that are not well-formed text, and missing arguments", async () => {
    for (const text of [undefined, null, 5, {}, "\ud800"]) {
      throws(() => new WebPubSubServiceClient(text, "chat"), {
        name: "TypeError",
        code: /^Invalid(ConnectionString|Endpoint)$/,
      });
    }
    throws(() => new WebPubSubServiceClient(), { name: "TypeError", code: "InvalidConnectionString" });
    throws(() => new WebPubSubServiceClient(CONNECTION_STRING), { name: "TypeError", code: "InvalidHub" });
  });

  check("refuses endpoints that are not well-formed text", async () => {
    for (const endpoint of [undefined, null, 5, {}, "https://\ud800"]) {
      throws(() => new WebPubSubServiceClient(endpoint, { key: "k" }, "chat"), {
        name: "TypeError",
        code: "InvalidEndpoint",
      });
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

  check("refuses options of the reverse proxy that have the wrong type", async () => {
    const expected = { name: "TypeError", code: "InvalidOption" };
    throws(() => recording([], { reverseProxyEndpoint: 5 }), expected);
    throws(
      () => recording([], { reverseProxyEndpoint: "https://a", reverseProxyClientUrls: "yes" }),
      expected,
    );
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

  check("refuses client options that it does not know, and names what to use", async () => {
    const cases = [
      [{ httpClient: {} }, "use fetch"],
      [{ proxyOptions: {} }, "use fetch"],
      [{ tlsOptions: {} }, "use fetch"],
      [{ additionalPolicies: [] }, "use fetch"],
      [{ agent: {} }, "use fetch"],
      [{ redirectOptions: {} }, "use fetch"],
      [{ retryOption: {} }, '"retryOptions"'],
      [{ timeout: 5 }, '"timeoutInMs"'],
      [{ allowInsecureConnections: true }, '"allowInsecureConnection"'],
      [{ reverseProxyEndPoint: "https://a.example" }, '"reverseProxyEndpoint"'],
      [{ retryOptions: { maxRetry: 1 } }, '"maxRetries"'],
      [{ userAgentOptions: { prefix: "x" } }, '"userAgentPrefix"'],
      [{ loggingOptions: { additionalAllowedHeaders: [] } }, '"additionalAllowedHeaderNames"'],
      [{ qqq: 1 }, "the names are"],
    ];
    for (const [options, words] of cases) {
      const make = () => new WebPubSubServiceClient(CONNECTION_STRING, "chat", options);
      const error = throws(make, { name: "TypeError", code: "InvalidOption" });
      matches(error.message, words);
    }
    equal(new WebPubSubServiceClient(CONNECTION_STRING, "chat", { httpClient: undefined }).hubName, "chat");
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
