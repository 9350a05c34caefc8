// Every operation of the official service client for JavaScript. See run.js.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { odata, WebPubSubServiceClient } from "@azure/web-pubsub";
import { endpointIn, keyIn, signed } from "../conformance/jwt.js";
import { Client, startService, until } from "./client.js";

const { CONNECTION_STRING } = process.env;
const HUB = "strangers";
const [ADA, BOB] = ["ada.l+test@contoso.com", "o'brien@contoso.com"];
const GROUP = "news & views: it's 100% (1-2) #é";
const TEXT = { contentType: "text/plain" };

const called = new Set();

/** Remembers which methods of the client are called. */
const watched = (kind, client) =>
  new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== "function") return value;
      called.add(`${kind}.${name}`);
      return value.bind(target);
    },
  });

const operations = (kind, client) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(client))
    .filter((name) => name !== "constructor")
    .map((name) => `${kind}.${name}`);

const client = new WebPubSubServiceClient(CONNECTION_STRING, HUB, { allowInsecureConnection: true });
const service = watched("hub", client);
const group = (name) => watched("group", service.group(name));

const connected = async (userId, options = {}) => {
  const { url } = await service.getClientAccessToken({ userId, ...options });
  const socket = await Client.open(url);
  assert.equal(socket.userId, userId);
  return socket;
};

/** A call fails with this status and code: of bodies that are `application/problem+json`, the client reads no code. */
const fails = (promise, status, code) =>
  assert.rejects(promise, ({ statusCode, details }) => {
    assert.deepEqual([statusCode, details.errorCode], [status, code]);
    return true;
  });

const messages = async (ada, bob) => {
  const bytes = Uint8Array.of(0, 255);
  await service.sendToAll({ to: ["all", 1, null, "é"] });
  await service.sendToAll("a string of JSON");
  await service.sendToAll("text é", TEXT);
  await service.sendToAll(bytes.buffer);
  await service.sendToAll(() => Readable.from([Buffer.from(bytes)]));
  await service.sendToAll("not ada", { ...TEXT, excludedConnections: [ada.id], messageTtlSeconds: 300 });
  for (const socket of [ada, bob]) {
    await socket.gets("json", { to: ["all", 1, null, "é"] });
    await socket.gets("json", "a string of JSON");
    await socket.gets("text", "text é");
    await socket.gets("binary", "AP8=");
    await socket.gets("binary", "AP8=");
  }
  await bob.gets("text", "not ada");
  await service.sendToUser(ADA, { to: ADA });
  await ada.gets("json", { to: ADA });
  await service.sendToUser(BOB, "to bob", { ...TEXT, messageTtlSeconds: 0 });
  await bob.gets("text", "to bob");
  await service.sendToConnection(ada.id, "to the connection", { ...TEXT, messageTtlSeconds: 1 });
  await ada.gets("text", "to the connection");
};

const filters = async (ada, bob) => {
  const members = odata`${GROUP} in groups`;
  const onlyBob = odata`userId eq ${BOB}`;
  await group(GROUP).addConnection(ada.id);
  await service.sendToAll({ only: "bob" }, { filter: onlyBob });
  await service.sendToAll({ only: "ada" }, { filter: `${odata`userId eq ${ADA}`} and ${members}` });
  await service.sendToAll({ only: "members" }, { filter: members });
  await service.sendToUser(BOB, { not: "this" }, { filter: odata`userId ne ${BOB}` });
  await service.sendToUser(BOB, { this: "one" }, { filter: `${onlyBob} and not (${members})` });
  await group(GROUP).sendToAll({ not: "this" }, { filter: onlyBob });
  await ada.gets("json", { only: "ada" });
  await ada.gets("json", { only: "members" });
  await bob.gets("json", { only: "bob" });
  await bob.gets("json", { this: "one" });
  await service.removeConnectionFromAllGroups(ada.id);
  assert.equal(await service.groupExists(GROUP), false);
  await fails(service.sendToAll({}, { filter: "userId eq 'o'brien'" }), 400, "Error.BadRequest");

  await service.addConnectionsToGroups([GROUP, "other"], onlyBob);
  await service.addConnectionsToGroups([GROUP], odata`userId eq ${ADA}`);
  await group(GROUP).sendToAll("to both", TEXT);
  await group("other").sendToAll("to bob", TEXT);
  await ada.gets("text", "to both", GROUP);
  await bob.gets("text", "to both", GROUP);
  await bob.gets("text", "to bob", "other");
  await service.removeConnectionsFromGroups([GROUP, "other"], onlyBob);
  assert.equal(await service.groupExists("other"), false);
  await group(GROUP).sendToAll("to ada", TEXT);
  await ada.gets("text", "to ada", GROUP);
  await service.removeUserFromAllGroups(ADA);
  const unquoted = service.addConnectionsToGroups([GROUP], "userId eq o'brien");
  await fails(unquoted, 400, "Error.BadRequest");
};

/** All pages of the connections of a group. */
const pages = async (name, options, settings) => {
  const found = [];
  for await (const page of (await group(name).listConnections(options)).byPage(settings)) found.push(page);
  return found;
};

const groups = async (ada, bob) => {
  const news = group(GROUP);
  await news.addConnection(ada.id);
  await news.addUser(BOB);
  await group("other").addUser(ADA);
  assert.equal(await service.groupExists(GROUP), true);
  await news.sendToAll({ to: "both" });
  await news.sendToAll({ to: "bob" }, { excludedConnections: [ada.id], messageTtlSeconds: 5 });
  await ada.gets("json", { to: "both" }, GROUP);
  await bob.gets("json", { to: "both" }, GROUP);
  await bob.gets("json", { to: "bob" }, GROUP);

  const both = { [ada.id]: ADA, [bob.id]: BOB };
  const found = {};
  for await (const { connectionId, userId } of await news.listConnections()) found[connectionId] = userId;
  assert.deepEqual(found, both);
  const single = await pages(GROUP, { maxPageSize: 1 });
  assert.deepEqual(
    single.map((page) => page.length),
    [1, 1],
  );
  assert.deepEqual(Object.fromEntries(single.flat().map((one) => [one.connectionId, one.userId])), both);
  assert.deepEqual(
    (await pages(GROUP, { top: 1 })).map((page) => page.length),
    [1],
  );
  assert.deepEqual((await pages("nobody")).flat(), []);

  await news.removeConnection(ada.id);
  await news.sendToAll("bob is left", TEXT);
  await bob.gets("text", "bob is left", GROUP);
  await news.removeUser(BOB);
  assert.equal(await service.groupExists(GROUP), false);
  await service.removeUserFromAllGroups(ADA);
  assert.equal(await service.groupExists("other"), false);
  await fails(news.addConnection("nobody"), 404, "Error.Connection.NotExisted");
  await fails(news.addUser("nobody@contoso.com"), 404, "Warning.User.NotExisted");
  // Nothing came that should not have come.
  for (const socket of [ada, bob]) {
    await service.sendToConnection(socket.id, "the end", TEXT);
    await socket.gets("text", "the end");
  }
};

const permissions = async (ada) => {
  const requests = {
    joinLeaveGroup: { type: "joinGroup", group: GROUP },
    sendToGroup: { type: "sendToGroup", group: GROUP, noEcho: true, dataType: "text", data: "" },
  };
  for (const [permission, request] of Object.entries(requests)) {
    const target = { targetName: GROUP };
    const isAllowed = async () => {
      const has = await service.hasPermission(ada.id, permission, target);
      assert.equal((await ada.ask(request)).success, has, permission);
      return has;
    };
    assert.equal(await isAllowed(), false);
    await service.grantPermission(ada.id, permission, target);
    assert.equal(await isAllowed(), true);
    await service.revokePermission(ada.id, permission, target);
    assert.equal(await isAllowed(), false);
  }
  const unknown = service.grantPermission("nobody", "sendToGroup", { targetName: GROUP });
  await fails(unknown, 404, "Info.Connection.NotExisted");
  await service.removeUserFromAllGroups(ADA);
};

const ends = async (ada, bob) => {
  for (const user of [ADA, BOB]) assert.equal(await service.userExists(user), true);
  assert.equal(await service.userExists("nobody@contoso.com"), false);
  assert.equal(await service.connectionExists(ada.id), true);
  assert.equal(await service.connectionExists("nobody"), false);
  await service.closeConnection(ada.id, { reason: "one & only" });
  await ada.isClosed("one & only");
  await service.closeUserConnections(BOB, { reason: "a user" });
  await bob.isClosed("a user");
  await until(
    () => "closed users exist",
    async () => !(await service.userExists(ADA)) && !(await service.userExists(BOB)),
  );
  const member = await connected(ADA, { groups: [GROUP] });
  const stranger = await connected(BOB, { roles: ["webpubsub.joinLeaveGroup"] });
  await group(GROUP).closeAllConnections({ reason: "a group" });
  await member.isClosed("a group");
  assert.equal((await stranger.ask({ type: "joinGroup", group: GROUP })).success, true);
  await service.closeAllConnections({ reason: "all" });
  await stranger.isClosed("all");
};

/** With a credential of Microsoft Entra ID, which the client sends over TLS only, the service signs the tokens of clients. */
const tokensOfTheService = async () => {
  const folder = await mkdtemp(join(tmpdir(), "strangers-"));
  try {
    const file = join(folder, "certificate.pem");
    const connectionString = await startService("--tls", "--tls-cert-file", file);
    const ca = await readFile(file);
    const credential = {
      getToken: async () => {
        const expiry = Math.floor(Date.now() / 1000) + 3600;
        const claims = { aud: "https://webpubsub.azure.com", exp: expiry };
        const token = await signed(claims, keyIn(connectionString));
        return { token, expiresOnTimestamp: expiry * 1000 };
      },
    };
    const tlsOptions = { ca };
    const entra = new WebPubSubServiceClient(endpointIn(connectionString), credential, HUB, { tlsOptions });
    const options = {
      userId: BOB,
      groups: [GROUP],
      roles: ["webpubsub.sendToGroup"],
      expirationTimeInMinutes: 5,
    };
    const { url } = await entra.getClientAccessToken(options);
    const socket = await Client.open(url, { ca });
    assert.equal(socket.userId, BOB);
    await entra.sendToAll({ only: "bob" }, { filter: odata`userId eq ${BOB} and ${GROUP} in groups` });
    await socket.gets("json", { only: "bob" });
    const long = "é".repeat(500_000);
    await entra.sendToUser(BOB, long, TEXT);
    await socket.gets("text", long);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const ada = await connected(ADA);
const bob = await connected(BOB);
await messages(ada, bob);
await filters(ada, bob);
await groups(ada, bob);
await permissions(ada);
await ends(ada, bob);
await tokensOfTheService();
const all = [...operations("hub", client), ...operations("group", client.group(GROUP))];
assert.deepEqual([...called].sort(), all.sort());
console.log(`${called.size} operations`);
process.exit(0);
