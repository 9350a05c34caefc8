// Names from the outside world: what is refused, and that everything else arrives as it is, signed as it arrives.
import { equal, rejects, throws } from "../assert.js";
import { CONNECTION_STRING } from "../recorder.js";

const LONG = "x".repeat(1024);

/** Names that are harmless however they look, as long as nothing decodes, folds or splits them. */
const HOSTILE = [
  "%2e%2e",
  "%2E%2e",
  "%2f",
  "%",
  "%zz",
  "%00",
  "...",
  ".a",
  "a.",
  "..a",
  "./..",
  "../..",
  "../:send",
  ":send",
  "/",
  "//",
  "a/b",
  "/a/",
  "\\",
  "..\\..",
  "?",
  "#",
  "?#",
  "a?b=c&d#e",
  "&excluded=x",
  "a b",
  " a ",
  "+",
  "a+b",
  "~'()*!",
  '"<>`{}|^',
  ";:@$,=[]",
  "é",
  "e\u0301",
  "日本",
  "😀",
  "\u202etxt",
  "\ufeffa",
  "\ufffd",
  "a\u0000b",
  "\t\r\nHost: elsewhere",
  "\u007f",
  LONG,
  "ü".repeat(1024),
  "😀".repeat(512),
];

/** The hostile names that headers keep, which ids must be. */
const KEPT = HOSTILE.filter((name) => !/^\s|\s$|[\0-\x1f\x7f]/.test(name));

/** Short enough that a URL may have it more than once. */
const isShort = (name) => encodeURIComponent(name).length < 2000;

const HALVES = ["\ud800", "a\udc00", "\ude00\ud83d"];
const NO_STRINGS = [5, true, {}, ["a"], Symbol("a"), () => {}];

export function names({ pkg, check, live, recording }) {
  /** Every call that takes a name of a kind: `call(client, name)`. */
  const calls = {
    InvalidGroup: [
      (client, name) => client.groupExists(name),
      (client, name) => client.group(name).sendToAll("x"),
      (client, name) => client.group(name).addUser("u"),
      (client, name) => client.group(name).listConnections().next(),
      (client, name) => client.addConnectionsToGroups([name], "f"),
      (client, name) => client.removeConnectionsFromGroups(["g", name], "f"),
    ],
    InvalidUserId: [
      (client, name) => client.userExists(name),
      (client, name) => client.sendToUser(name, "x"),
      (client, name) => client.closeUserConnections(name),
      (client, name) => client.removeUserFromAllGroups(name),
      (client, name) => client.group("g").addUser(name),
      (client, name) => client.group("g").removeUser(name),
    ],
    InvalidConnectionId: [
      (client, name) => client.connectionExists(name),
      (client, name) => client.sendToConnection(name, "x"),
      (client, name) => client.closeConnection(name),
      (client, name) => client.removeConnectionFromAllGroups(name),
      (client, name) => client.group("g").addConnection(name),
      (client, name) => client.group("g").removeConnection(name),
      (client, name) => client.grantPermission(name, "sendToGroup"),
      (client, name) => client.revokePermission(name, "sendToGroup"),
      (client, name) => client.hasPermission(name, "sendToGroup"),
      (client, name) => client.sendToAll("x", { excludedConnections: ["c", name] }),
      (client, name) => client.closeAllConnections({ excludedConnections: [name] }),
    ],
  };
  for (const [code, all] of Object.entries(calls)) {
    const kind = { InvalidGroup: "groups", InvalidUserId: "users", InvalidConnectionId: "connections" }[code];
    check(`refuses names of ${kind} that are no strings, or halves of one`, async () => {
      const { client, requests } = recording([200]);
      for (const call of all) {
        // Names in options have the code of options.
        const codes = new RegExp(`^(${code}|InvalidOption)$`);
        for (const value of [...NO_STRINGS, ...HALVES, null, undefined]) {
          await rejects(async () => call(client, value), { name: "TypeError", code: codes });
        }
      }
      equal(requests.length, 0);
    });
  }

  check("refuses a group before anything is asked of it", async () => {
    const { client } = recording();
    for (const name of ["", ".", "..", 5, undefined]) {
      throws(() => client.group(name), { name: "TypeError", code: "InvalidGroup" });
    }
    throws(() => client.group("x".repeat(1025)), { name: "RangeError", code: "InvalidGroup" });
    throws(() => new pkg.WebPubSubGroup(client, "g"), { name: "TypeError", code: "InvalidGroup" });
  });

  /** That a request arrives where it was meant to, under the URL that it is signed for. */
  const arrives = async (call, pathname) => {
    const { client, requests } = recording([200], { retryOptions: { maxRetries: 0 } });
    await call(client).catch(({ statusCode }) => equal(statusCode, 200));
    const [{ url, arrives: arrived, claims }] = requests;
    equal([arrived, new URL(url).href, claims.aud], [url, url, url]);
    const { pathname: path, searchParams, hash } = new URL(url);
    equal([path.split("/").map(decodeURIComponent), hash], [pathname, ""]);
    return searchParams;
  };

  check("sends every other name of a group as it is", async () => {
    for (const name of HOSTILE) {
      const path = ["", "api", "hubs", "chat", "groups", name];
      await arrives((client) => client.groupExists(name), path);
      await arrives((client) => client.group(name).sendToAll("x"), [...path, ":send"]);
    }
  });

  check("sends every other name of a user as it is", async () => {
    for (const name of KEPT) {
      const path = ["", "api", "hubs", "chat", "users", name];
      await arrives((client) => client.userExists(name), path);
      if (!isShort(name)) continue;
      await arrives((client) => client.group(name).addUser(name), [...path, "groups", name]);
      await arrives((client) => client.closeUserConnections(name), [...path, ":closeConnections"]);
    }
  });

  check("sends every other name of a connection as it is", async () => {
    for (const name of KEPT) {
      const path = ["", "api", "hubs", "chat", "connections", name];
      await arrives((client) => client.connectionExists(name), path);
      if (!isShort(name)) continue;
      const group = ["", "api", "hubs", "chat", "groups", name, "connections", name];
      await arrives((client) => client.group(name).removeConnection(name), group);
      const permission = ["", "api", "hubs", "chat", "permissions", "sendToGroup", "connections", name];
      const call = (client) => client.hasPermission(name, "sendToGroup", { targetName: name });
      equal((await arrives(call, permission)).get("targetName"), name);
    }
  });

  check("sends what stands in the query as it is", async () => {
    const path = ["", "api", "hubs", "chat"];
    for (const text of KEPT.filter(isShort)) {
      const options = { filter: text, excludedConnections: [text, "c"], messageTtlSeconds: 1 };
      const sent = await arrives((client) => client.sendToAll("x", options), [...path, ":send"]);
      equal([sent.get("filter"), sent.getAll("excluded")], [text, [text, "c"]]);
      const close = (client) => client.closeAllConnections({ reason: text });
      equal((await arrives(close, [...path, ":closeConnections"])).get("reason"), text);
      const list = (client) => client.group("g").listConnections({ continuationToken: text }).next();
      const page = await arrives(
        (client) => list(client).catch(() => {}),
        [...path, "groups", "g", "connections"],
      );
      equal(page.get("continuationToken"), text);
    }
  });

  check("sends groups and filters in a body as they are", async () => {
    for (const text of HOSTILE) {
      const { client, requests } = recording([200]);
      await client.addConnectionsToGroups([text, "g"], text);
      await client.removeConnectionsFromGroups([text], text);
      equal(JSON.parse(requests[0].text), { groups: [text, "g"], filter: text });
      equal(JSON.parse(requests[1].text), { groups: [text], filter: text });
      equal(requests[0].contentType, "application/json");
    }
    const { client, requests } = recording([200]);
    for (const groups of [[], undefined, null, "g", {}]) {
      await rejects(client.addConnectionsToGroups(groups, "f"), { name: "TypeError", code: "InvalidGroup" });
    }
    for (const filter of [undefined, null, "", " ", 5, {}]) {
      for (const verb of ["addConnectionsToGroups", "removeConnectionsFromGroups"]) {
        await rejects(client[verb](["g"], filter), { name: "TypeError", code: "InvalidFilter" });
      }
    }
    equal(requests.length, 0);
  });

  live("reaches groups and users of hostile names, and only those", async ({ client, guest, heard }) => {
    // The service leaves an encoded slash as it is, and its groups have no line breaks.
    const reachable = HOSTILE.filter((name) => !/[/\n]/.test(name) && name.length < 1000);
    await guest();
    const eve = await guest({ userId: "%2e" });
    for (const name of reachable) {
      await client.group(name).addConnection(eve.id);
      await client.group(name).sendToAll(name);
    }
    equal(await heard(), [[], reachable]);
    for (const name of reachable.filter((name) => KEPT.includes(name))) {
      const ada = await guest({ userId: name });
      await client.sendToUser(name, name);
      equal((await ada.next()).data, name);
      await client.closeUserConnections(name, { reason: name.slice(0, 9) });
      equal(await ada.farewell(), name.slice(0, 9));
    }
    equal(await client.connectionExists(eve.id), true);
  });

  check("refuses hub names that are not strings", async () => {
    for (const name of [undefined, null, 5, {}]) {
      const make = () => new pkg.WebPubSubServiceClient(CONNECTION_STRING, name);
      throws(make, { name: "TypeError", code: /^Invalid/ });
    }
  });

  check("refuses permissions that are not strings", async () => {
    const { client, requests } = recording([200]);
    for (const verb of ["grantPermission", "revokePermission", "hasPermission"]) {
      for (const permission of [5, null]) {
        await rejects(client[verb]("c", permission, { targetName: "g" }), {
          name: "TypeError",
          code: "InvalidPermission",
        });
      }
    }
    equal(requests.length, 0);
  });
}
