// Messages that reach clients: to whom they go, and what else is known of them.
import { equal, ok } from "../assert.js";

const TEXT = { contentType: "text/plain" };

export function sending({ live, pkg, connectionString }) {
  live("sends to every connection of the hub, and of no other", async ({ hub, client, guest, frames }) => {
    const here = [await guest(), await guest({ userId: "ada" })];
    const elsewhere = new pkg.WebPubSubServiceClient(connectionString, `${hub}2`);
    const outsider = await guest({}, { by: elsewhere });
    const data = { hello: ["wörld", null, 1.5] };
    equal(await client.sendToAll(data), undefined);
    equal(await frames(...here), [
      [{ type: "message", from: "server", dataType: "json", data }],
      [{ type: "message", from: "server", dataType: "json", data }],
    ]);
    await elsewhere.sendToAll("for the other hub", TEXT);
    equal((await outsider.next()).data, "for the other hub");
  });

  live("sends to the hub with exceptions, filters and a time to live", async ({ client, guest, heard }) => {
    const [ada] = [await guest({ userId: "ada" }), await guest({ userId: "bob" }), await guest()];
    await client.sendToAll("not ada", { ...TEXT, excludedConnections: [ada.id, "nobody"] });
    await client.sendToAll("bob", { ...TEXT, filter: pkg.odata`userId eq ${"bob"}` });
    await client.sendToAll("neither", {
      ...TEXT,
      filter: "userId ne null",
      excludedConnections: [ada.id],
      messageTtlSeconds: 300,
    });
    await client.sendToAll("all", {
      ...TEXT,
      filter: undefined,
      excludedConnections: [],
      messageTtlSeconds: 0,
    });
    equal(await heard(), [["all"], ["not ada", "bob", "neither", "all"], ["not ada", "all"]]);
  });

  live("sends to every connection of a user", async ({ client, guest, heard }) => {
    await guest({ userId: "ada" });
    await guest({ userId: "ada", groups: ["g"] });
    await guest({ userId: "Ada" });
    equal(await client.sendToUser("ada", "hi", TEXT), undefined);
    await client.sendToUser("ada", "in g", { ...TEXT, filter: "'g' in groups", messageTtlSeconds: 1 });
    equal(await heard(), [["hi"], ["hi", "in g"], []]);
  });

  live("sends to one connection", async ({ client, guest, frames }) => {
    const ada = await guest({ userId: "ada" });
    await guest({ userId: "ada" });
    equal(await client.sendToConnection(ada.id, "hi", { ...TEXT, messageTtlSeconds: 9 }), undefined);
    equal(await frames(), [[{ type: "message", from: "server", dataType: "text", data: "hi" }], []]);
  });

  live("sends to a group, with exceptions and filters", async ({ client, guest, frames, heard }) => {
    const [ada] = [await guest({ userId: "ada", groups: ["a room"] }), await guest({ groups: ["a room"] })];
    await guest({ groups: ["another"] });
    const room = client.group("a room");
    equal(await room.sendToAll({ a: 1 }), undefined);
    const expected = { type: "message", from: "group", group: "a room", dataType: "json", data: { a: 1 } };
    equal(await frames(), [[expected], [expected], []]);
    await room.sendToAll("not ada", { ...TEXT, excludedConnections: [ada.id] });
    await room.sendToAll("ada", { ...TEXT, filter: "userId eq 'ada'", messageTtlSeconds: 60 });
    equal(await heard(), [["ada"], ["not ada"], []]);
  });

  live("sends to nobody without an error", async ({ client }) => {
    await client.sendToAll("x");
    await client.sendToUser("nobody", "x");
    await client.sendToConnection("nobody", "x");
    await client.group("nobody").sendToAll("x");
  });

  live("sends metadata beside a message", async ({ client, guest, frames }) => {
    const ada = await guest({ userId: "ada", groups: ["g"] });
    const messageMetadata = { "trace-id": "42", from: "a b" };
    await client.sendToAll("1", { messageMetadata });
    await client.sendToUser("ada", "2", { messageMetadata });
    await client.sendToConnection(ada.id, "3", { messageMetadata });
    await client.group("g").sendToAll("4", { messageMetadata });
    await client.sendToAll("5", { messageMetadata: {} });
    const [all] = await frames();
    equal(
      all.map(({ data, metadata }) => [data, metadata]),
      [..."1234"].map((data) => [data, messageMetadata]).concat([["5", undefined]]),
    );
  });

  live("sends every kind of message as what it is", async ({ client, guest, frames }) => {
    await guest();
    const bytes = Uint8Array.of(0, 255, 128, 10, 13);
    const stream = () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.subarray(0, 2));
          controller.enqueue(bytes.subarray(2));
          controller.close();
        },
      });
    for (const message of [bytes, bytes.buffer, new DataView(bytes.buffer), new Blob([bytes])]) {
      await client.sendToAll(message);
    }
    for (const message of [stream(), stream, async () => stream()]) await client.sendToAll(message);
    await client.sendToAll("wörld ✓ 😀", TEXT);
    await client.sendToAll("wörld ✓ 😀");
    await client.sendToAll("\0\x7f", { contentType: "application/octet-stream" });
    await client.sendToAll(new TextEncoder().encode('{"a":[]}'), { contentType: "application/json" });
    await client.sendToAll("", TEXT);
    await client.sendToAll(new Uint8Array());
    await client.sendToAll(null);
    await client.sendToAll(false);
    const [all] = await frames();
    equal(
      all.map(({ dataType, data }) => [dataType, data]),
      [
        ...Array(7).fill(["binary", "AP+ACg0="]),
        ["text", "wörld ✓ 😀"],
        ["json", "wörld ✓ 😀"],
        ["binary", "AH8="],
        ["json", { a: [] }],
        ["text", ""],
        ["binary", ""],
        ["json", null],
        ["json", false],
      ],
    );
  });

  live("sends to simple clients", async ({ client, guest, heard }) => {
    await guest({}, { protocol: "" });
    await client.sendToAll("text", TEXT);
    await client.sendToAll("json");
    await client.sendToAll({ a: 1 });
    await client.sendToAll(Uint8Array.of(1, 2));
    const [[text, json, object, binary]] = await heard();
    equal([text, json, object], ["text", '"json"', '{"a":1}']);
    ok(binary instanceof ArrayBuffer, "binary messages are binary frames");
    equal(binary, Uint8Array.of(1, 2).buffer);
  });

  live("sends a message of 1 MiB", async ({ client, guest, heard }) => {
    await guest();
    await client.sendToAll("x".repeat(2 ** 20), TEXT);
    await client.sendToAll(new Uint8Array(2 ** 20));
    const [[text, binary]] = await heard();
    equal([text.length, atob(binary).length], [2 ** 20, 2 ** 20]);
  });
}
