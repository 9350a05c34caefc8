// Client access tokens and the tokens of requests, verified by WebCrypto, and what they open.
import { equal, matches, rejects, throws } from "../assert.js";
import { decoded, endpointIn, keyIn, signed } from "../jwt.js";

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

  check("leaves out what is empty", async () => {
    const none = [{ userId: "", roles: [], groups: [] }, { userId: null, roles: undefined }, {}, null];
    for (const options of none) equal(await claims(options), { aud: AUDIENCE });
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

  check("refuses members of the JOSE header that are not JSON", async () => {
    equal((await granted({ jwtHeaders: {} })).header, { alg: "HS256", typ: "JWT" });
    await refused({ jwtHeaders: { f() {} } }, "InvalidOption");
    await refused({ jwtHeaders: 5 }, "InvalidOption");
  });

  check("refuses user ids, roles, groups and client protocols of the wrong type", async () => {
    for (const wrong of [5, {}, "\ud800"]) await refused({ userId: wrong }, "InvalidOption");
    await refused({ clientProtocol: 5 }, "InvalidOption");
    for (const wrong of ["g", [5], [null], {}, ["\udfff"]]) {
      await refused({ groups: wrong }, "InvalidOption");
      await refused({ roles: wrong }, "InvalidOption");
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

  check("cannot sign without an access key", async () => {
    const { fetch, requests } = recording([200]);
    const credential = { getToken: async () => null };
    const client = new pkg.WebPubSubServiceClient("https://contoso.example", credential, "chat", { fetch });
    throws(() => client.getClientAccessTokenSync(), { name: "TypeError", code: "CredentialCannotSign" });
    equal(requests.length, 0);
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

  check("makes no token while the clock does not run", async () => {
    const { client, requests } = recording();
    const { now } = Date;
    const stopped = { name: "TypeError", code: "ClockStopped", message: /global scope of a Worker/ };
    const calls = [];
    Date.now = () => 0;
    try {
      throws(() => client.getClientAccessTokenSync(), stopped);
      for (const call of [() => client.getClientAccessToken(), () => client.sendToAll("x")]) {
        calls.push(rejects(call(), stopped));
      }
    } finally {
      Date.now = now;
    }
    await Promise.all(calls);
    equal(requests.length, 0);
  });
}
