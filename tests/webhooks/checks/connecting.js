// Who may connect, and as whom: the answers to the connect event, as clients see them.
import assert from "node:assert/strict";
import { JSON_PROTOCOL } from "../client.js";
import { unique } from "../stage.js";

export const connecting = (check, { service, plain, guest, tryToConnect, event, find, connectionOf }) => {
  const answering = (answer) => ({ answer: JSON.stringify(answer) });

  /** Whether a client gets what is sent to a group. */
  const isIn = async (client, group) => {
    const [mark, end] = [unique("mark"), unique("end")];
    await service("chat").group(group).sendToAll(mark);
    await service("chat").sendToAll(end);
    const { data } = await client.next();
    if (data === mark) assert.equal((await client.next()).data, end);
    else assert.equal(data, end);
    return data === mark;
  };

  const maySendTo = async (client, group) => {
    const request = { type: "sendToGroup", group, noEcho: true, dataType: "text", data: "x" };
    return (await client.ask(request)).ack.success;
  };

  check("a handler is told who wants to connect", async () => {
    const userId = unique("ann ü");
    const query = { a: "1 ü" };
    const client = await guest("chat", { userId, roles: ["webpubsub.sendToGroup"], query });
    const {
      claims,
      queries,
      query: same,
      headers,
      subprotocols,
      clientCertificates,
      context,
    } = await event("handleConnect", client.id);
    assert.deepEqual(claims.sub, [userId]);
    assert.deepEqual(claims.role, ["webpubsub.sendToGroup"]);
    assert.deepEqual([queries.a, same.a], [["1 ü"], ["1 ü"]]);
    assert.deepEqual(headers.upgrade, ["websocket"]);
    assert.deepEqual(subprotocols, [JSON_PROTOCOL]);
    assert.deepEqual(clientCertificates, []);
    const { hub, connectionId, eventName, id, source, states, clientProtocol } = context;
    assert.deepEqual(
      { hub, connectionId, eventName, id, source, states, clientProtocol, userId: context.userId },
      {
        hub: "chat",
        connectionId: client.id,
        eventName: "connect",
        id: "0",
        source: `/hubs/chat/client/${client.id}`,
        states: {},
        clientProtocol: "default",
        userId,
      },
    );
    assert.match(context.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  check("a client that is accepted as it is stays what its token says", async () => {
    const [userId, group] = [unique("ann"), unique("group")];
    const client = await guest("chat", {
      userId,
      groups: [group],
      roles: [`webpubsub.sendToGroup.${group}`],
    });
    assert.equal(client.userId, userId);
    assert.ok(await isIn(client, group));
    assert.ok(await maySendTo(client, group));
  });

  check("an answer changes the user, the groups and the roles", async () => {
    const [userId, old, group] = [unique("bob"), unique("old"), unique("group")];
    const answer = { userId, groups: [group], roles: [`webpubsub.sendToGroup.${group}`] };
    const client = await guest("chat", {
      userId: unique("ann"),
      groups: [old],
      roles: [`webpubsub.sendToGroup.${old}`],
      query: answering(answer),
    });
    assert.equal(client.userId, userId);
    assert.deepEqual([await isIn(client, group), await isIn(client, old)], [true, false]);
    assert.deepEqual([await maySendTo(client, group), await maySendTo(client, old)], [true, false]);
    assert.equal((await event("onConnected", client.id)).context.userId, userId);
  });

  check("a user id that is empty makes a client anonymous, and no roles take all", async () => {
    const [userId, group] = [unique("ann"), unique("group")];
    const client = await guest("chat", {
      userId,
      roles: ["webpubsub.sendToGroup"],
      query: answering({ userId: "", roles: [] }),
    });
    assert.ok(!client.userId);
    assert.equal((await event("onConnected", client.id)).context.userId, undefined);
    assert.equal(await maySendTo(client, group), false);
  });

  check("a handler may return its answer", async () => {
    const userId = unique("ann");
    const client = await guest("chat", { userId, query: { does: "return" } });
    assert.equal(client.userId, `returned to ${userId}`);
  });

  check("of the subprotocols that are offered an answer chooses one", async () => {
    const userId = unique("ann");
    const protocols = ["chat.v1", JSON_PROTOCOL, "chat.v2"];
    const client = await plain("chat", { userId, protocols, query: answering({ subprotocol: "chat.v2" }) });
    assert.equal(client.protocol, "chat.v2");
    const connected = await event("onConnected", await connectionOf(userId));
    assert.equal(connected.context.subprotocol, "chat.v2");
    // A protocol that the service does not know is a plain client's own.
    client.send("text");
    assert.equal(await client.next(), "täxt");
  });

  check("a client is refused with the handler's status; the words are for the service alone", async () => {
    for (const status of [401, 403, 418]) {
      const userId = unique("mallory");
      const refused = await tryToConnect("chat", { userId, query: { refuse: status } });
      assert.equal(refused.status, status);
      assert.doesNotMatch(refused.words, /own words/);
      const id = await connectionOf(userId);
      const answer = await find("answer", ({ connectionId }) => connectionId === id);
      assert.deepEqual([answer.status, answer.words], [status, "the handler's own words"]);
      assert.equal(await service("chat").userExists(userId), false);
    }
  });
};
