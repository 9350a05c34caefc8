// That events come from somebody who knows a key of the resource.
import assert from "node:assert/strict";
import { signature } from "../../conformance/webhooks.js";
import { unique } from "../stage.js";

export const verification = (check, stage) => {
  const { keys, guest, tryToConnect, seen, find, post, rotate } = stage;
  const answersTo = (connectionId) => seen("answer", (record) => record.connectionId === connectionId);

  /** That words of a refusal hold no secret. */
  const leakNothing = (words) => {
    for (const key of Object.values(keys)) assert.ok(!words.includes(key), words);
    assert.doesNotMatch(words, /[0-9a-f]{16}/);
  };

  check("events are signed with every key of the service, and one of them will do", async () => {
    const cases = [
      { hub: "chat", which: "main", signatures: 2 },
      { hub: "rotated", which: "main", signatures: 2 },
      { hub: "other", which: "other", signatures: 1 },
    ];
    for (const { hub, which, signatures } of cases) {
      const client = await guest(hub, { which });
      assert.equal((await client.event("echo", hub)).ack.success, true, hub);
      assert.equal((await answersTo(client.id))[0].signatures, signatures, hub);
    }
  });

  check("a key that is changed counts from the next event on", async () => {
    await rotate(keys.main);
    const client = await guest("rotating");
    assert.equal((await client.event("echo")).ack.success, true);
    await rotate("changed-key");
    const { ack } = await client.event("echo");
    assert.match(ack.error.message, /401/);
    assert.equal((await tryToConnect("rotating")).status, 401);
    await rotate(keys.secondary);
    assert.equal((await client.event("echo")).ack.success, true);
  });

  check("a client is refused when the handler has another key, and the service is told why", async () => {
    const { status, words: toClient } = await tryToConnect("forged");
    assert.equal(status, 401);
    leakNothing(toClient);
    const { status: toService, words } = await find("answer", ({ hub }) => hub === "forged");
    assert.equal(toService, 401);
    assert.match(words, /ce-signature was made with none of the access keys of this handler/);
    leakNothing(words);
    assert.deepEqual(await seen("event", ({ context }) => context.hub === "forged"), [], "no handler ran");
  });

  check("another service of the same hub name is refused", async () => {
    const userId = unique("stranger");
    assert.equal((await tryToConnect("chat", { which: "other", userId })).status, 401);
    assert.equal((await tryToConnect("chat", { which: "main", userId })).status, undefined);
    const of = await seen("event", ({ context }) => context.userId === userId);
    assert.ok(of.every(({ context }) => context.origin === stage.origin));
  });

  check("nobody is believed without a signature of the same connection", async () => {
    const body = '"x"';
    assert.deepEqual(await post("chat", { key: keys.main, body }), { status: 200, words: body });
    assert.equal((await post("chat", { key: keys.secondary, body })).status, 401);
    const others = await signature(keys.main, "another-connection");
    const cases = [
      [undefined, /ce-signature is missing/],
      ["sha256=", /no entry sha256=/],
      [`sha256=${"0".repeat(64)}`, /none of the access keys/],
      [others, /none of the access keys/],
    ];
    for (const [sent, cause] of cases) {
      const { status, words } = await post("chat", { headers: { "ce-signature": sent }, body });
      assert.equal(status, 401, sent);
      assert.match(words, cause);
      leakNothing(words);
    }
  });

  check("a handler without a key is not made, unless it says that it verifies nothing", async () => {
    const { error } = await find("unmade", () => true);
    assert.deepEqual(error, { name: "TypeError", code: "MissingAccessKey" });
    await guest("unverified");
    assert.equal((await post("unverified", { body: '"x"' })).status, 200);
  });

  check("a second lock, here a secret in the URL, is asked as well", async () => {
    await guest("guarded");
    assert.equal((await tryToConnect("barred")).status, 401);
    const { words } = await find("answer", ({ hub, status }) => hub === "barred" && status === 401);
    assert.equal(words, "The event is not authorized.");
  });
};
