// What a handler does not take, and that one which takes its time keeps nobody else waiting.
import assert from "node:assert/strict";
import { unique } from "../stage.js";

export const bounds = (check, { gates, keys, plain, guest, tryToConnect, find, seen, post }) => {
  check("the largest message that a client can send is taken", async () => {
    const client = await plain("chat");
    const message = "x".repeat(1024 * 1024);
    client.send(message);
    assert.equal(await client.next(), message);
  });

  check("a body beyond the handler's limit is refused, before a handler gets it", async () => {
    const client = await guest("small");
    const most = "x".repeat(4000);
    assert.deepEqual((await client.event("echo", most, "text")).replies, [{ dataType: "text", data: most }]);
    const { ack } = await client.event("echo", `${most}x`, "text");
    assert.match(ack.error.message, /413/);
    const { words } = await find("answer", ({ hub, status }) => hub === "small" && status === 413);
    assert.match(words, /larger than 4000 bytes/);
    const events = await seen(
      "event",
      ({ context }) => context.hub === "small" && context.eventName === "echo",
    );
    assert.equal(events.length, 1);
    assert.equal((await client.event("echo", "still here", "text")).ack.success, true);
  });

  check("so is one of unknown length, when the limit is reached", async () => {
    const parts = (count) => {
      let sent = 0;
      return new ReadableStream({
        pull(controller) {
          if (sent++ < count) controller.enqueue(new Uint8Array(1000));
          else controller.close();
        },
      });
    };
    const headers = { "Content-Type": "application/octet-stream" };
    const send = (count) => post("small", { key: keys.main, headers, body: parts(count) });
    assert.equal((await send(4)).status, 200);
    assert.equal((await send(5)).status, 413);
  });

  check("a handler that takes its time keeps nobody else waiting", async () => {
    const gate = unique("gate");
    const [slow, other] = [await guest("chat"), await guest("chat")];
    const late = slow.event("wait", gate);
    await gates.reached(gate);
    assert.deepEqual((await other.event("echo", 1)).replies, [{ dataType: "json", data: 1 }]);
    await guest("chat");
    gates.open(gate);
    assert.deepEqual((await late).replies, [{ dataType: "text", data: "at last" }]);
  });

  check("a client that has to wait for its connect event keeps nobody else waiting", async () => {
    const gate = unique("gate");
    const late = tryToConnect("chat", { query: { does: "wait", gate } });
    await gates.reached(gate);
    assert.equal((await (await guest("chat")).event("echo", 1)).ack.success, true);
    gates.open(gate);
    assert.ok((await late).client);
  });
};
