// What the service only tells of: connected and disconnected clients, groups joined and left. Nobody waits for what
// handlers do then.
import assert from "node:assert/strict";
import { unique } from "../stage.js";

export const life = (check, { gates, service, plain, guest, event, find, seen, connectionOf }) => {
  /** The events of a connection that came after the connect event, up to the end: their handlers and what they tell. */
  const untilTheEnd = async (connectionId) => {
    await event("onDisconnected", connectionId);
    const events = await seen("event", (record) => record.connectionId === connectionId);
    return events.slice(1).map(({ handler, group, reason }) => [handler, group ?? reason]);
  };

  /** What the Worker answered to the first event of a type about a connection. */
  const answerTo = (type, id) =>
    find("answer", (record) => record.type === `azure.webpubsub.${type}` && record.connectionId === id);

  check("the end that a client makes is told with its reason", async () => {
    const userId = unique("ann");
    const client = await plain("chat", { userId });
    const id = await connectionOf(userId);
    assert.equal((await event("onConnected", id)).context.userId, userId);
    await client.close(1000, "had enough ü");
    assert.deepEqual(await untilTheEnd(id), [
      ["onConnected", undefined],
      ["onDisconnected", "had enough ü"],
    ]);
  });

  check("the end that the server makes is told with its reason", async () => {
    const client = await guest("chat");
    await service("chat").closeConnection(client.id, { reason: "thrown out" });
    assert.deepEqual(await untilTheEnd(client.id), [
      ["onConnected", undefined],
      ["onDisconnected", "thrown out"],
    ]);
  });

  check("groups that a client joins and leaves are told", async () => {
    const group = unique("grüppe");
    const client = await guest("chat", { roles: ["webpubsub.joinLeaveGroup"] });
    assert.equal((await client.ask({ type: "joinGroup", group })).ack.success, true);
    assert.equal((await client.ask({ type: "leaveGroup", group })).ack.success, true);
    await client.close();
    assert.deepEqual((await untilTheEnd(client.id)).slice(1, -1), [
      ["onGroupJoined", group],
      ["onGroupLeft", group],
    ]);
  });

  check("groups that the server changes are told", async () => {
    const [one, two] = [unique("one"), unique("two")];
    const client = await guest("chat", { userId: unique("ann") });
    const chat = service("chat");
    await chat.group(one).addConnection(client.id);
    await chat.group(two).addUser(client.userId);
    await chat.group(one).removeConnection(client.id);
    await chat.removeUserFromAllGroups(client.userId);
    await client.close();
    assert.deepEqual((await untilTheEnd(client.id)).slice(1, -1), [
      ["onGroupJoined", one],
      ["onGroupJoined", two],
      ["onGroupLeft", one],
      ["onGroupLeft", two],
    ]);
  });

  check("the groups that a client comes with are told: of its token, or of the answer", async () => {
    const [token, answer] = [unique("token"), unique("answer")];
    const query = { answer: JSON.stringify({ groups: [answer] }) };
    for (const [options, group] of [
      [{}, token],
      [{ query }, answer],
    ]) {
      const client = await guest("chat", { groups: [token], ...options });
      await client.close();
      assert.deepEqual((await untilTheEnd(client.id)).slice(1, -1), [["onGroupJoined", group]]);
    }
  });

  check("what is only told is answered at once, and handled to the end", async () => {
    const gate = unique("gate");
    const client = await guest("chat", { query: { does: "gate", gate } });
    await gates.reached(gate);
    assert.equal((await answerTo("sys.connected", client.id)).status, 204);
    // The next comes after the answer to the one before.
    await client.close();
    await event("onDisconnected", client.id);
    assert.deepEqual(await seen("finished", ({ name }) => name === gate), []);
    gates.open(gate);
    await find("finished", ({ name }) => name === gate);
  });

  check("a handler may reply and go on", async () => {
    const gate = unique("gate");
    const client = await guest("chat");
    const { replies } = await client.event("goOn", gate);
    assert.deepEqual(replies, [{ dataType: "text", data: "at once" }]);
    await gates.reached(gate);
    assert.deepEqual(await seen("finished", ({ name }) => name === gate), []);
    gates.open(gate);
    await find("finished", ({ name }) => name === gate);
  });

  check("events that nobody handles are taken", async () => {
    const client = await guest("idle", { groups: [unique("group")] });
    const { ack, replies } = await client.event("any", "x");
    assert.deepEqual([ack.success, replies], [true, []]);
    await client.close();
    await answerTo("sys.disconnected", client.id);
    const answers = await seen("answer", ({ connectionId }) => connectionId === client.id);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([204]));
    assert.deepEqual(answers.map(({ type }) => type.split(".").at(-1)).sort(), [
      "any",
      "connect",
      "connected",
      "disconnected",
      "joined",
    ]);
  });
};
