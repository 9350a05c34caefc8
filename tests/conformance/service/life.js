// The life of clients: many at once, given back, used again.
import { equal, ok, rejects } from "../assert.js";
import { CONNECTION_STRING, KEY } from "../recorder.js";
import { isSigned } from "../jwt.js";

const NAMES = [
  "AzureKeyCredential",
  "ClientAssertionCredential",
  "ClientSecretCredential",
  "EventDeduplicator",
  "RestError",
  "WebPubSubEventHandler",
  "WebPubSubGroup",
  "WebPubSubServiceClient",
  "isRestError",
  "odata",
  "roles",
];

export function life({ pkg, check, live, recording }) {
  check("exports all there is, by its name", async () => {
    for (const name of NAMES) ok(pkg[name] !== undefined, name);
  });

  check("gives the memory of a client back, and takes it again when it is used", async () => {
    const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
    const { client, requests } = recording([200]);
    const group = client.group("g");
    for (let i = 0; i < 3; i++) {
      equal(client[dispose](), undefined);
      client[dispose]();
      equal(await client.userExists("u"), true);
      await group.addUser("u");
      client.getClientAccessTokenSync();
    }
    equal(requests.length, 6);
    ok(await isSigned(requests.at(-1).token, KEY), "the key is still known");
  });

  check("gives the memory of a client back in the middle of a call", async () => {
    const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
    const { client, requests } = recording([503, 200], { retryOptions: { retryDelayInMs: 1 } });
    const call = client.userExists("u");
    client[dispose]();
    equal(await call, true);
    equal(requests.length, 2);
  });

  check("keeps a replaced key when its memory was given back", async () => {
    const credential = new pkg.AzureKeyCredential("first");
    const client = new pkg.WebPubSubServiceClient("https://contoso.example", credential, "chat");
    credential.update("second");
    client[Symbol.dispose ?? Symbol.for("Symbol.dispose")]();
    ok(await isSigned(client.getClientAccessTokenSync().token, "second"), "the key of now");
  });

  check("makes many clients, and lets them go", async () => {
    const tokens = new Set();
    for (let i = 0; i < 2000; i++) {
      const client = new pkg.WebPubSubServiceClient(CONNECTION_STRING, `hub${i}`);
      tokens.add(client.getClientAccessTokenSync({ userId: `user${i}` }).token);
    }
    equal(tokens.size, 2000);
  });

  check("serves calls at the same time, each with its own", async () => {
    const { client, requests } = recording([async () => new Response(null, { status: 200 })]);
    const users = Array.from({ length: 200 }, (_, i) => `user ${i}`);
    const found = await Promise.all(users.map((user) => client.userExists(user)));
    equal(found.every(Boolean), true);
    const arrived = requests.map(({ url }) => decodeURIComponent(new URL(url).pathname.split("/").at(-1)));
    equal(arrived.sort(), users.sort());
    ok(
      requests.every(({ url, claims }) => claims.aud === url),
      "each is signed for its own URL",
    );
    const ids = new Set(requests.map(({ headers }) => headers.get("x-ms-client-request-id")));
    equal(ids.size, 200);
  });

  check("goes on after calls that failed, were aborted or took too long", async () => {
    const { client } = recording([() => new Promise(() => {})], { retryOptions: { maxRetries: 0 } });
    const calls = Array.from({ length: 30 }, (_, i) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), i % 5);
      const requestOptions = { timeout: 1 + (i % 7) };
      return i % 3 === 0
        ? client.userExists("..".slice(i % 2))
        : client.userExists("u", { abortSignal: controller.signal, requestOptions });
    }).map((call) => call.catch(({ name }) => name));
    const names = new Set(await Promise.all(calls));
    ok(
      [...names].every((name) => ["AbortError", "RestError", "TypeError"].includes(name)),
      [...names].join(),
    );
    equal(typeof client.getClientAccessTokenSync().token, "string");
  });

  live("serves many guests and calls at the same time", async ({ client, guest, members }) => {
    const guests = await Promise.all(Array.from({ length: 12 }, (_, i) => guest({ userId: `u${i}` })));
    await Promise.all(guests.map(({ id }) => client.group("g").addConnection(id)));
    equal(await members("g"), guests.map(({ id }) => id).sort());
    await Promise.all(guests.map(({ id }, i) => client.sendToConnection(id, i)));
    equal(
      (await Promise.all(guests.map((guest) => guest.next()))).map(({ data }) => data),
      [...guests.keys()],
    );
    const found = await Promise.all(guests.map((_, i) => client.userExists(i % 2 ? `u${i}` : `x${i}`)));
    equal(
      found,
      guests.map((_, i) => i % 2 === 1),
    );
    await rejects(client.group("g").addConnection("nobody"), { kind: "NotFound" });
  });
}
