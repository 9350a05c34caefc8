// What clients say to the handler, and the replies that they get.
import assert from "node:assert/strict";
import { unique } from "../stage.js";

const base64 = (...bytes) => Buffer.from(bytes).toString("base64");

export const userEvents = (check, { plain, guest, seen, connectionOf }) => {
  /** What the handler got of a connection's events. */
  const got = async (connectionId) => {
    const isIt = (record) => record.handler === "handleUserEvent" && record.connectionId === connectionId;
    return seen("event", isIt);
  };

  check("events in text, JSON, bytes and protobuf arrive as such, and come back", async () => {
    const client = await guest("chat", { userId: unique("ann") });
    const bytes = base64(0, 128, 255);
    const cases = [
      ["text", "hä", { data: "hä", dataType: "text", contentType: "text/plain" }],
      ["json", { a: ["ü"] }, { data: { a: ["ü"] }, dataType: "json", contentType: "application/json" }],
      [
        "binary",
        bytes,
        { data: { bytes: [0, 128, 255] }, dataType: "binary", contentType: "application/octet-stream" },
      ],
      [
        "protobuf",
        base64(8, 1),
        { data: { bytes: [8, 1] }, dataType: "binary", contentType: "application/x-protobuf" },
      ],
    ];
    for (const [dataType, data, expected] of cases) {
      const { ack, replies } = await client.event("echo", data, dataType);
      assert.equal(ack.success, true);
      assert.deepEqual(replies, [{ dataType: expected.dataType, data }]);
      const { data: arrived, dataType: as, contentType, context } = (await got(client.id)).at(-1);
      assert.deepEqual({ data: arrived, dataType: as, contentType }, expected);
      assert.deepEqual([context.eventName, context.userId], ["echo", client.userId]);
    }
  });

  check("frames of plain clients are events as well", async () => {
    const userId = unique("ann");
    const client = await plain("chat", { userId });
    client.send("hä");
    assert.equal(await client.next(), "hä");
    client.send(Uint8Array.of(0, 128, 255));
    assert.deepEqual(await client.next(), [0, 128, 255]);
    const events = await got(await connectionOf(userId));
    assert.deepEqual(
      events.map(({ data, dataType, context }) => [data, dataType, context.eventName]),
      [
        ["hä", "text", "message"],
        [{ bytes: [0, 128, 255] }, "binary", "message"],
      ],
    );
  });

  const replies = [
    ["text", { dataType: "text", data: "täxt" }, "täxt"],
    ["json", { dataType: "json", data: { a: ["ü", null] } }, '{"a":["ü",null]}'],
    ["bytes", { dataType: "binary", data: base64(0, 128, 255) }, [0, 128, 255]],
    ["returnText", { dataType: "text", data: "returned ü" }, "returned ü"],
    ["returnJson", { dataType: "json", data: { returned: [1] } }, '{"returned":[1]}'],
    ["returnBytes", { dataType: "binary", data: base64(9, 200) }, [9, 200]],
  ];

  check("replies of every kind reach clients of the JSON protocol, before the acknowledgement", async () => {
    const client = await guest("chat");
    for (const [name, expected] of replies) {
      const { ack, replies } = await client.event(name);
      assert.deepEqual([ack.success, replies], [true, [expected]], name);
    }
  });

  check("replies of every kind reach plain clients", async () => {
    const client = await plain("chat");
    for (const [name, , expected] of replies) {
      client.send(name);
      assert.deepEqual(await client.next(), expected, name);
    }
  });

  check("an event without a reply is acknowledged alone", async () => {
    const { ack, replies } = await (await guest("chat")).event("nothing");
    assert.deepEqual([ack.success, replies], [true, []]);
  });

  check("an event that is refused is told so, and harms nothing else", async () => {
    const client = await guest("chat");
    const { ack, replies } = await client.event("fail");
    assert.deepEqual([ack.success, ack.error.name, replies], [false, "InternalServerError", []]);
    assert.match(ack.error.message, /403/);
    assert.doesNotMatch(ack.error.message, /not for you/);
    assert.equal((await client.event("echo", "still here")).ack.success, true);
    const other = await plain("chat");
    other.send("fail");
    assert.equal((await other.closed()).code, 1011);
  });

  check("metadata of a message is in the context", async () => {
    const client = await guest("chat");
    const message = {
      type: "event",
      event: "nothing",
      dataType: "text",
      data: "x",
      metadata: { lang: "de" },
    };
    assert.equal((await client.ask(message)).ack.success, true);
    assert.deepEqual((await got(client.id))[0].context.metadata, { lang: "de" });
  });
};
