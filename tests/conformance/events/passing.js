// Events that handlers pass on, and the data of events as JSON.
import { equal, matches, throws } from "../assert.js";
import { CONNECTION_STRING, recorder } from "../recorder.js";
import { binary, event, text } from "../webhooks.js";

const TEXT = "text/plain";
const JSON_TYPE = "application/json";
const BINARY = "application/octet-stream";

export function passing(check, { pkg, handler }) {
  /** What a handler is given. */
  const received = async (request) => {
    let req;
    await handler({ handleUserEvent: (given) => void (req = given) }).handle(request);
    return req;
  };
  const json = (body) => event("user.message", JSON.stringify(body));

  const sending = () => {
    const { fetch, requests } = recorder(202);
    return { service: new pkg.WebPubSubServiceClient(CONNECTION_STRING, "chat", { fetch }), requests };
  };
  const sent = (requests) => requests.map(({ contentType, text }) => [contentType, text]);

  check("passes an event on as what it is", async () => {
    const { service, requests } = sending();
    const room = service.group("room");
    const bodies = [
      [text("hä"), TEXT, "hä"],
      [text('{"a":1}'), TEXT, '{"a":1}'],
      [json({ a: ["ü"] }), JSON_TYPE, '{"a":["ü"]}'],
      [json("x"), JSON_TYPE, '"x"'],
      [json(null), JSON_TYPE, "null"],
      [binary(Uint8Array.of(65, 0, 66)), BINARY, "A\0B"],
      [binary(Uint8Array.of(65), { "Content-Type": "application/x-protobuf" }), BINARY, "A"],
    ];
    for (const [request] of bodies) {
      const req = await received(request);
      await service.sendToAll(req);
      await service.sendToUser("ada", req, { filter: "userId ne null" });
      await service.sendToConnection("c", req);
      await room.sendToAll(req);
    }
    const expected = bodies.flatMap(([, type, body]) => Array(4).fill([type, body]));
    equal(sent(requests), expected);
  });

  check("passes on what a handler made of the data", async () => {
    const { service, requests } = sending();
    const req = await received(text("hi"));
    req.data = req.data.toUpperCase();
    await service.sendToAll(req);
    await service.sendToAll(req, { contentType: JSON_TYPE });
    await service.sendToAll(req.data, { contentType: req.contentType });
    equal(sent(requests), [
      [TEXT, "HI"],
      [JSON_TYPE, '"HI"'],
      [TEXT, "HI"],
    ]);
  });

  check("takes nothing for an event that only looks like one", async () => {
    const { service, requests } = sending();
    const req = await received(text("hi"));
    const lookalikes = [
      { data: "x", dataType: "text" },
      { data: "x", dataType: "text", contentType: TEXT, context: {} },
      { data: null },
    ];
    for (const message of lookalikes) await service.sendToAll(message);
    equal(
      sent(requests),
      lookalikes.map((message) => [JSON_TYPE, JSON.stringify(message)]),
    );
    equal(Object.keys(req).sort(), ["contentType", "context", "data", "dataType"]);
  });

  check("gives the data of an event as JSON", async () => {
    equal((await received(json({ a: 1 }))).json(), { a: 1 });
    equal((await received(json(null))).json(), null);
    const { json: read } = await received(text(' {"a":[1]} '));
    equal(read(), { a: [1] });
  });

  check("names the event whose data is not JSON, and shows none of it", async () => {
    const named = { "ce-eventName": "join" };
    for (const request of [
      text("secret", named),
      text("", named),
      binary(new TextEncoder().encode("1"), named),
    ]) {
      const req = await received(request);
      const error = throws(() => req.json(), {
        name: "TypeError",
        code: "InvalidEventData",
        message: /"join"/,
      });
      matches([error.message, error.cause].join(), /^(?!.*secret)/s);
    }
  });
}
