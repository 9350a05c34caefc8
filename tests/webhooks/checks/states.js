// The state that handlers keep at a connection, over its events.
import assert from "node:assert/strict";

export const states = (check, { guest, event, find, service }) => {
  const stateOf = async (client) => (await client.event("states")).replies[0].data;

  check("a state that is set when a client connects is there in every event", async () => {
    const client = await guest("chat", { query: { does: "state" } });
    const expected = { since: "connect ü" };
    assert.deepEqual((await event("onConnected", client.id)).context.states, expected);
    assert.deepEqual(await stateOf(client), expected);
    assert.deepEqual(await stateOf(client), expected, "kept by an answer that does not set it");
    await client.close();
    assert.deepEqual((await event("onDisconnected", client.id)).context.states, expected);
  });

  check("a state is added to, replaced and taken away", async () => {
    const client = await guest("chat", { query: { does: "state" } });
    await client.event("set", { n: 1, list: [{ deep: "日" }] });
    assert.deepEqual(await stateOf(client), { since: "connect ü", n: 1, list: [{ deep: "日" }] });
    await client.event("set", { n: 2, since: null });
    assert.deepEqual(await stateOf(client), { n: 2, list: [{ deep: "日" }] });
    await client.event("set", { n: null, list: null });
    assert.deepEqual(await stateOf(client), {});
    assert.deepEqual(await stateOf(client), {});
  });

  check("an event that is refused changes no state", async () => {
    const client = await guest("chat");
    await client.event("set", { n: 1 });
    assert.equal((await client.event("setInVain", { n: 2 })).ack.success, false);
    assert.deepEqual(await stateOf(client), { n: 1 });
  });

  check("connections have states of their own", async () => {
    const [one, two] = [await guest("chat"), await guest("chat")];
    await one.event("set", { who: "one" });
    await two.event("set", { who: "two" });
    assert.deepEqual([await stateOf(one), await stateOf(two)], [{ who: "one" }, { who: "two" }]);
  });

  check("events of groups have the state", async () => {
    const client = await guest("chat");
    await client.event("set", { n: 1 });
    await service("chat").group("of-states").addConnection(client.id);
    const isIt = ({ handler, connectionId }) => handler === "onGroupJoined" && connectionId === client.id;
    assert.deepEqual((await find("event", isIt)).context.states, { n: 1 });
  });
};
