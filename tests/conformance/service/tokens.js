// Client access tokens and the tokens of requests, verified by WebCrypto, and what they open.
import { equal, matches, ok, rejects, throws } from "../assert.js";
import { decoded, endpointIn, isSigned, keyIn, signed } from "../jwt.js";
import { KEY, answer } from "../recorder.js";

const HEADER = { alg: "HS256", typ: "JWT" };
const AUDIENCE = "https://contoso.example/client/hubs/chat";
const SECONDS = () => Math.floor(Date.now() / 1000);

export function tokens({ pkg, check, live, connectionString, recording }) {
  /** What a client access token holds, by both ways to get one. */
  const granted = async (options) => {
    const { client, requests } = recording();
    const token = await client.getClientAccessToken(options);
    // A second may begin in between.
    const lasting = ({ token }) => ({
      ...decoded(token),
      claims: { ...decoded(token).claims, iat: 0, exp: 0 },
    });
    equal(lasting(token), lasting(client.getClientAccessTokenSync(options)));
    equal(requests.length, 0);
    return { ...token, ...decoded(token.token) };
  };
  /** The claims without the times. */
  const claims = async (options) => {
    const { claims } = await granted(options);
    delete claims.iat;
    delete claims.exp;
    return claims;
  };
  const refused = async (options, code, name = "TypeError") => {
    const { client, requests } = recording();
    await rejects(client.getClientAccessToken(options), { name, code });
    throws(() => client.getClientAccessTokenSync(options), { name, code });
    equal(requests.length, 0);
  };

  check("makes a client access token for an hour, for nobody in particular", async () => {
    const before = SECONDS();
    const { header, claims, lifetime, token, baseUrl, url } = await granted();
    equal(header, HEADER);
    equal(Object.keys(claims).sort(), ["aud", "exp", "iat"]);
    equal([claims.aud, lifetime], [AUDIENCE, 3600]);
    ok(claims.iat >= before && claims.iat <= SECONDS(), "iat is now");
    equal([baseUrl, url], ["wss://contoso.example/client/hubs/chat", `${baseUrl}?access_token=${token}`]);
    ok(await isSigned(token, KEY), "the signature");
    ok(!(await isSigned(token, `${KEY}x`)), "not by another key");
  });

  check("makes a client access token with all there is", async () => {
    const options = {
      userId: "ada",
      roles: ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup.a b"],
      groups: ["g", "h/ü"],
      expirationTimeInMinutes: 5,
      clientProtocol: "default",
    };
    const { header, claims, lifetime, token } = await granted(options);
    equal([header, lifetime], [HEADER, 300]);
    equal(
      [claims.sub, claims.role, claims["webpubsub.group"], claims.aud],
      [options.userId, options.roles, options.groups, AUDIENCE],
    );
    ok(await isSigned(token, KEY), "the signature");
  });

  check("leaves out what is empty", async () => {
    const none = [{ userId: "", roles: [], groups: [] }, { userId: null, roles: undefined }, {}, null];
    for (const options of none) equal(await claims(options), { aud: AUDIENCE });
  });

  check("keeps the characters of ids, roles and groups", async () => {
    for (const text of ['"\\\n\t\u0000\u001f\u007f', "日本 😀 é", "a/b?c#d%2e", "</script>", "a\u2028b"]) {
      const role = `webpubsub.sendToGroup.${text}`;
      equal(await claims({ userId: text, roles: [role], groups: [text] }), {
        aud: AUDIENCE,
        sub: text,
        role: [role],
        "webpubsub.group": [text],
      });
    }
  });

  check("takes the lifetime in minutes and in seconds", async () => {
    const lifetime = async (options) => (await granted(options)).lifetime;
    equal(await lifetime({ expirationTimeInMinutes: 1.5 }), 90);
    equal(await lifetime({ expirationTimeInMinutes: 0.02 }), 1, "rounded down to a second");
    equal(await lifetime({ expirationTimeInSeconds: 7 }), 7);
    equal(await lifetime({ expirationTimeInSeconds: 7.9 }), 7);
    equal(await lifetime({ expirationTimeInSeconds: 7, expirationTimeInMinutes: 60 }), 7);
    equal(await lifetime({ expirationTimeInMinutes: 525_600 }), 31_536_000);
  });

  check("refuses lifetimes that are none", async () => {
    for (const value of [0, -1, 0.001, Infinity, -Infinity, 2 ** 60]) {
      await refused({ expirationTimeInMinutes: value }, "InvalidExpiration", "RangeError");
      await refused({ expirationTimeInSeconds: value }, "InvalidExpiration", "RangeError");
    }
    for (const value of ["5", NaN, {}, true]) {
      await refused({ expirationTimeInMinutes: value }, "InvalidOption");
      await refused({ expirationTimeInSeconds: value }, "InvalidOption");
    }
  });

  check("knows where clients of every protocol connect, in any letter case", async () => {
    const paths = {
      default: "/client/hubs/chat",
      Default: "/client/hubs/chat",
      mqtt: "/clients/mqtt/hubs/chat",
      MQTT: "/clients/mqtt/hubs/chat",
      socketio: "/clients/socketio/hubs/chat",
      SocketIO: "/clients/socketio/hubs/chat",
    };
    for (const [clientProtocol, path] of Object.entries(paths)) {
      const { baseUrl, claims } = await granted({ clientProtocol });
      equal([baseUrl, claims.aud], [`wss://contoso.example${path}`, `https://contoso.example${path}`]);
    }
    for (const clientProtocol of ["", "amqp", "mqtt ", "default\0"]) {
      await refused({ clientProtocol }, "InvalidClientProtocol");
    }
    await refused({ clientProtocol: 5 }, "InvalidOption");
  });

  check("adds to the header of the token, but replaces nothing in it", async () => {
    const jwtHeaders = { kid: "1", alg: "none", typ: "x", nested: { a: ["ü", null] }, n: 5 };
    const { header, token } = await granted({ jwtHeaders });
    equal(header, { alg: "HS256", typ: "JWT", kid: "1", nested: { a: ["ü", null] }, n: 5 });
    ok(await isSigned(token, KEY), "the signature");
    equal((await granted({ jwtHeaders: {} })).header, HEADER);
    await refused({ jwtHeaders: { f() {} } }, "InvalidOption");
    await refused({ jwtHeaders: 5 }, "InvalidOption");
  });

  check("refuses ids, roles and groups that the service would not take", async () => {
    for (const userId of [".", "..", "  ", "x".repeat(1025)]) {
      await refused({ userId }, "InvalidUserId", userId.length > 1024 ? "RangeError" : "TypeError");
    }
    for (const group of ["", ".", "..", "\t"]) await refused({ groups: ["g", group] }, "InvalidGroup");
    for (const role of ["", " "]) await refused({ roles: [role] }, "InvalidRole");
    for (const wrong of [5, {}, "\ud800"]) await refused({ userId: wrong }, "InvalidOption");
    for (const wrong of ["g", [5], [null], {}, ["\udfff"]]) {
      await refused({ groups: wrong }, "InvalidOption");
      await refused({ roles: wrong }, "InvalidOption");
    }
  });

  check("makes tokens for endpoints as they are reached", async () => {
    const cases = [
      ["http://localhost:8080", "ws://localhost:8080", "http://localhost:8080"],
      ["https://CONTOSO.Example:443/", "wss://contoso.example", "https://contoso.example"],
      ["http://[::1]:80", "ws://[::1]", "http://[::1]"],
    ];
    for (const [endpoint, socket, origin] of cases) {
      for (const hub of ["chat", "Chat_1", "a`,.[]"]) {
        const client = new pkg.WebPubSubServiceClient(endpoint, { key: "k" }, hub);
        const { baseUrl, token } = client.getClientAccessTokenSync();
        equal(new URL(baseUrl).href, baseUrl, "no parser changes it");
        equal(baseUrl.replace(socket, origin), decoded(token).claims.aud);
        equal(decodeURIComponent(baseUrl), `${socket}/client/hubs/${hub}`);
      }
    }
  });

  live("lets a client in as who the token says", async ({ hub, client, guest }) => {
    const ada = await guest({ userId: "ada 日本", groups: ["g"] });
    equal(
      [
        await client.userExists("ada 日本"),
        await client.groupExists("g"),
        await client.connectionExists(ada.id),
      ],
      [true, true, true],
    );
    const wrong = new pkg.WebPubSubServiceClient(endpointIn(connectionString), { key: "another" }, hub);
    await rejects(guest({}, { by: wrong }), {});
  });

  live("gives a client the roles of its token and no others", async ({ guest }) => {
    const ada = await guest({ roles: [pkg.roles.joinLeaveGroup("a"), pkg.roles.sendToGroups("b.*")] });
    const may = async (type, group) => {
      const request = { type, group, ...(type === "sendToGroup" && { data: 1, noEcho: true }) };
      return (await ada.ask(request)).success;
    };
    equal([await may("joinGroup", "a"), await may("joinGroup", "b")], [true, false]);
    equal([await may("sendToGroup", "b.1"), await may("sendToGroup", "b.1.2")], [true, false]);
  });

  check("signs requests for exactly their URL, for an hour", async () => {
    const before = SECONDS();
    const { client, requests } = recording();
    await client.sendToAll("x", { filter: "userId eq 'é'", excludedConnections: ["a b", "c"] });
    const [{ url, header, claims, lifetime, token }] = requests;
    equal([header, claims.aud, lifetime], [HEADER, url, 3600]);
    equal(Object.keys(claims).sort(), ["aud", "exp", "iat"]);
    ok(claims.iat >= before && claims.iat <= SECONDS(), "iat is now");
    ok(await isSigned(token, KEY), "the signature");
  });

  const entra = (answers, options) => {
    const recorded = recording(answers, options);
    const credential = {
      getToken: async () => ({ token: "bearer", expiresOnTimestamp: Date.now() + 3.6e6 }),
    };
    const { fetch } = recorded;
    const endpoint = "https://contoso.example";
    const client = new pkg.WebPubSubServiceClient(endpoint, credential, "chat", { fetch, ...options });
    return { ...recorded, client };
  };

  check("asks the service for client access tokens where it has no key", async () => {
    const { client, requests } = entra([() => answer(200, { body: { token: "issued" } })]);
    const options = { userId: "a b", roles: ["r1", "r&2"], groups: ["g", "h"], expirationTimeInMinutes: 5 };
    equal(await client.getClientAccessToken({ ...options, clientProtocol: "MQTT" }), {
      token: "issued",
      baseUrl: "wss://contoso.example/clients/mqtt/hubs/chat",
      url: "wss://contoso.example/clients/mqtt/hubs/chat?access_token=issued",
    });
    equal((await client.getClientAccessToken()).baseUrl, "wss://contoso.example/client/hubs/chat");
    const queries = requests.map(({ url }) => [...new URL(url).searchParams].sort());
    equal([requests[0].method, requests[0].token], ["POST", "bearer"]);
    equal(new URL(requests[0].url).pathname, "/api/hubs/chat/:generateToken");
    equal(queries[0], [
      ["api-version", "2024-12-01"],
      ["clientType", "MQTT"],
      ["group", "g"],
      ["group", "h"],
      ["minutesToExpire", "5"],
      ["role", "r&2"],
      ["role", "r1"],
      ["userId", "a b"],
    ]);
    equal(queries[1], [
      ["api-version", "2024-12-01"],
      ["clientType", "Default"],
      ["minutesToExpire", "60"],
    ]);
  });

  check("asks the service for whole minutes", async () => {
    const { client, requests } = entra([() => answer(200, { body: { token: "issued" } })]);
    for (const [seconds, minutes] of [
      [1, "1"],
      [61, "1"],
      [119, "1"],
      [121, "2"],
    ]) {
      await client.getClientAccessToken({ expirationTimeInSeconds: seconds });
      equal(new URL(requests.at(-1).url).searchParams.get("minutesToExpire"), minutes);
    }
  });

  check("cannot sign without a key, and refuses the same input", async () => {
    const { client, requests } = entra([200]);
    throws(() => client.getClientAccessTokenSync(), { name: "TypeError", code: "CredentialCannotSign" });
    await rejects(client.getClientAccessToken({ userId: ".." }), { code: "InvalidUserId" });
    await rejects(client.getClientAccessToken({ expirationTimeInMinutes: 0 }), { code: "InvalidExpiration" });
    await rejects(client.getClientAccessToken({ clientProtocol: "x" }), { code: "InvalidClientProtocol" });
    equal(requests.length, 0);
  });

  check("takes nothing for a client access token that is none", async () => {
    for (const body of ["", "<html>", "{}", '{"token":5}', '{"token":null}', '"token"', "null", "[]"]) {
      const { client } = entra([() => answer(200, { body })]);
      const expected = { name: "RestError", code: "PARSE_ERROR", kind: "Unexpected", message: /token/ };
      await rejects(client.getClientAccessToken(), expected);
    }
    const { client } = entra([403]);
    await rejects(client.getClientAccessToken(), { kind: "Forbidden" });
  });

  live("lets a client in with a token that the service issued", async ({ hub, client, guest }) => {
    const expiresOn = SECONDS() + 600;
    const bearer = await signed(
      { aud: "https://webpubsub.azure.com", exp: expiresOn },
      keyIn(connectionString),
    );
    const credential = { getToken: async () => ({ token: bearer, expiresOnTimestamp: expiresOn * 1000 }) };
    const options = { allowInsecureConnection: true };
    const by = new pkg.WebPubSubServiceClient(endpointIn(connectionString), credential, hub, options);
    const ada = await guest({ userId: "ada", groups: ["g"], roles: ["webpubsub.joinLeaveGroup.h"] }, { by });
    equal((await ada.ask({ type: "joinGroup", group: "h" })).success, true);
    equal([await by.userExists("ada"), await client.groupExists("g")], [true, true]);
    const error = await rejects(by.getClientAccessToken({ clientProtocol: "socketio" }), { statusCode: 400 });
    matches(error.message, "is not valid");
  });
}
