// Handlers that fail: the service gets a 500 that says nothing of how, tries again as it does after every 5xx, and
// refuses the client at last. Meanwhile all others are served.
import assert from "node:assert/strict";
import { unique } from "../stage.js";

const WORDS = "The event could not be handled.";

export const failures = (check, { plain, guest, tryToConnect, seen, connectionOf }) => {
  const connections = {
    throw: { name: "Error", message: "insides of the handler" },
    silent: { name: "TypeError", code: "MissingAnswer" },
    wrong: { name: "TypeError", code: "InvalidSubprotocol" },
  };
  const events = {
    throw: { name: "Error", message: "insides of the handler" },
    unsendable: { name: "TypeError", code: "InvalidReply" },
  };

  /** That the Worker answered nothing but 500 to the same event again and again, and told `onError` why. */
  const failed = async (connectionId, id, error) => {
    const answers = await seen("answer", (one) => one.connectionId === connectionId && one.id === id);
    const tries = answers.map(({ status, words }) => [status, words]);
    assert.deepEqual(tries, Array(4).fill([500, WORDS]));
    const told = await seen("error", (record) => record.connectionId === connectionId);
    assert.equal(told.length, 4);
    for (const { error: given } of told) {
      for (const [name, value] of Object.entries(error)) assert.equal(given[name], value);
    }
  };

  const refuses = async ([does, error]) => {
    const userId = unique("ann");
    const { status, words } = await tryToConnect("chat", { userId, query: { does } });
    assert.equal(status, 500, does);
    assert.doesNotMatch(words, /insides|MissingAnswer|InvalidSubprotocol|never\.offered/);
    await failed(await connectionOf(userId), "0", error);
  };

  const fails = async ([name, error]) => {
    const client = await guest("chat");
    const { ack, replies } = await client.event(name);
    assert.deepEqual([ack.success, ack.error.name, replies], [false, "InternalServerError", []], name);
    assert.match(ack.error.message, /500/);
    assert.doesNotMatch(ack.error.message, /insides/);
    const isIt = (record) => record.connectionId === client.id && record.context.eventName === name;
    const [{ context }] = await seen("event", isIt);
    await failed(client.id, context.id, error);
    assert.equal((await client.event("echo", "still here")).ack.success, true);
  };

  const closes = async () => {
    const client = await plain("chat");
    client.send("throw");
    const { code, reason } = await client.closed();
    assert.equal(code, 1011);
    assert.doesNotMatch(reason, /insides/);
  };

  const serves = async () => {
    const client = await guest("chat");
    assert.equal((await client.event("echo", 1)).ack.success, true);
  };

  check("a handler that fails makes a 500 of it, and tells nobody but onError why", async () => {
    await Promise.all([
      ...Object.entries(connections).map(refuses),
      ...Object.entries(events).map(fails),
      closes(),
      serves(),
    ]);
  });

  check("an event that comes again is known by its id, so that its work is done once", async () => {
    const client = await guest("chat");
    const { ack, replies } = await client.event("once");
    assert.deepEqual([ack.success, replies], [true, [{ dataType: "text", data: "done before" }]]);
    const work = await seen("work", ({ connectionId }) => connectionId === client.id);
    assert.equal(work.length, 1);
  });
};
