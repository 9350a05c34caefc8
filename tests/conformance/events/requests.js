// What handlers are given.
import { equal, matches, ok } from "../assert.js";
import { CONNECTION, ORIGIN, PRIMARY, SIGNATURES, base64, event, signature, text } from "../webhooks.js";

export function requests(check, { handler, given }) {
  const connect = {
    claims: { sub: ["ada"], role: ["a", "b"] },
    query: { room: ["1"] },
    headers: { Origin: ["https://app.example"] },
    subprotocols: ["json.webpubsub.azure.v1", "custom"],
    clientCertificates: [{ thumbprint: "ab", content: "-----BEGIN CERTIFICATE-----" }],
  };

  check("gives a connect event with all that the client brings", async () => {
    const { req, response } = await given("handleConnect", event("sys.connect", connect));
    equal(response.status, 204);
    const { context, queries, ...body } = req;
    equal(body, connect);
    equal(queries, connect.query);
    equal(context, {
      hub: "chat",
      connectionId: CONNECTION,
      eventName: "connect",
      origin: ORIGIN,
      signature: SIGNATURES.join(","),
      states: {},
      clientProtocol: "default",
      id: "1",
      time: "2026-01-31T12:00:00Z",
      source: `/hubs/chat/client/${CONNECTION}`,
    });
  });

  check("gives what the context of an event says", async () => {
    const headers = {
      "ce-userId": "ada",
      "ce-subprotocol": "json.webpubsub.azure.v1",
      "ce-connectionState": base64({ room: "lobby", __proto__x: 1 }),
      "X-WebPubSub-Metadata-Locale": "de",
      "ce-eventName": undefined,
    };
    const { req } = await given("handleUserEvent", text("hi", headers));
    const { userId, subprotocol, states, metadata, eventName } = req.context;
    equal(
      { userId, subprotocol, states, metadata, eventName },
      {
        userId: "ada",
        subprotocol: "json.webpubsub.azure.v1",
        states: { room: "lobby", __proto__x: 1 },
        metadata: { locale: "de" },
        eventName: "message",
      },
    );
  });

  check("reads headers in UTF-8", async () => {
    const utf8 = (value) => String.fromCharCode(...new TextEncoder().encode(value));
    const connectionId = "Zoë";
    const headers = {
      "ce-connectionId": utf8(connectionId),
      "ce-userId": utf8("Ærø"),
      "ce-signature": await signature(PRIMARY, connectionId),
    };
    const { req } = await given("handleUserEvent", text("hi", headers));
    equal([req.context.connectionId, req.context.userId], ["Zoë", "Ærø"]);
  });

  check("gives the other events", async () => {
    const cases = [
      ["onConnected", "sys.connected", {}, {}],
      ["onDisconnected", "sys.disconnected", { reason: "gone" }, { reason: "gone" }],
      ["onDisconnected", "sys.disconnected", { reason: null }, {}],
      ["onGroupJoined", "gp.joined", { group: "room" }, { group: "room" }],
      ["onGroupLeft", "gp.left", { group: "room" }, { group: "room" }],
    ];
    for (const [name, type, body, expected] of cases) {
      const { req, response } = await given(name, event(type, body));
      equal(response.status, 204);
      const { context, ...rest } = req;
      equal(rest, expected, type);
      equal(context.eventName, type.split(".")[1]);
    }
    equal((await given("onConnected", event("sys.connected", ""))).response.status, 204, "an empty body");
  });

  check("gives user events as text, JSON and bytes", async () => {
    const user = (contentType, body) =>
      given("handleUserEvent", event("user.note", body, { headers: { "Content-Type": contentType } }));
    const bytes = new Uint8Array([0, 255, 128]);
    const cases = [
      ["text/plain", "\ufeffhä", "text", "\ufeffhä", "text/plain"],
      ["TEXT/Plain; charset=UTF-8", "", "text", "", "text/plain"],
      ["application/json", "[1]", "json", [1], "application/json"],
      ["application/json; charset=utf-8", "null", "json", null, "application/json"],
      ["application/json", '\ufeff{"a":1}', "json", { a: 1 }, "application/json"],
      ["application/octet-stream", bytes, "binary", bytes.buffer, "application/octet-stream"],
      ["application/x-protobuf", bytes, "binary", bytes.buffer, "application/x-protobuf"],
      ["image/png", bytes, "binary", bytes.buffer, "image/png"],
    ];
    for (const [sent, body, dataType, data, contentType] of cases) {
      const { req, response } = await user(sent, body);
      equal(response.status, 204);
      const { context, ...rest } = req;
      equal(rest, { dataType, data, contentType }, sent);
      equal(context.eventName, "note");
    }
    const { req } = await user("application/octet-stream", bytes);
    equal(Object.prototype.toString.call(req.data), "[object ArrayBuffer]");
  });

  check("names what is wrong with a body", async () => {
    const cases = [
      ["handleConnect", event("sys.connect", "{")],
      ["handleConnect", event("sys.connect", "")],
      ["handleConnect", event("sys.connect", "[]")],
      ["handleConnect", event("sys.connect", { claims: { sub: "ada" } })],
      ["handleConnect", event("sys.connect", { subprotocols: "json" })],
      ["handleConnect", event("sys.connect", { clientCertificates: [1] })],
      ["onDisconnected", event("sys.disconnected", { reason: 5 })],
      ["onGroupJoined", event("gp.joined", {})],
      ["onGroupLeft", event("gp.left", { group: ["x"] })],
      ["handleUserEvent", event("user.x", "{")],
      ["handleUserEvent", event("user.x", new Uint8Array([0xff]))],
      ["handleUserEvent", text(new Uint8Array([0xc3, 0x28]))],
    ];
    for (const [name, request] of cases) {
      const { req, response } = await given(name, request);
      equal(response.status, 400);
      equal(req, undefined, "the handler is not called");
      matches(await response.text(), "The body of the");
    }
  });

  check("reads no more of a body than it may", async () => {
    const limit = (maxBodyBytes, request) => given("handleUserEvent", request, { maxBodyBytes });
    equal((await limit(3, text("abc"))).response.status, 204);
    const { response, req } = await limit(3, text("abcd"));
    equal(response.status, 413);
    equal(req, undefined);
    matches(await response.text(), "3 bytes");
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const streamed = event("user.x", endless, { duplex: "half" });
    equal((await limit(10_000, streamed)).response.status, 413);
    ok(pulled < 100, "an endless body is not read on");
    const declared = text("abcd", { "content-length": "999999999" });
    equal(
      (await limit(undefined, declared)).response.status,
      declared.headers.has("content-length") ? 413 : 204,
    );
  });

  check("gives up when the request does", async () => {
    const aborted = new AbortController();
    // Held until then: a promise that nobody can settle would be collected with all that waits for it.
    let more;
    const stream = new ReadableStream({
      pull: () => new Promise((resolve) => (more = resolve)),
    });
    const request = event("user.x", stream, { duplex: "half", signal: aborted.signal });
    const answer = given("handleUserEvent", request);
    setTimeout(() => aborted.abort(more), 5);
    const { response, req } = await answer;
    equal(response.status, 400);
    equal(req, undefined);
  });

  check("takes half of a body for none when a signal of its own fires", async () => {
    const aborted = new AbortController();
    const { method, url, headers } = text("hi");
    let controller;
    const body = new ReadableStream({ start: (c) => void (controller = c) });
    controller.enqueue(new TextEncoder().encode("hal"));
    const answer = given("handleUserEvent", { method, url, headers, body, signal: aborted.signal });
    setTimeout(() => aborted.abort(controller), 5);
    const { response, req } = await answer;
    equal([response.status, req], [400, undefined]);
  });

  check("says so when the body was read before", async () => {
    const seen = [];
    const request = text("hi");
    await request.text();
    const response = await handler({
      handleUserEvent: () => {},
      onError: (error) => void seen.push(error.code),
    }).handle(request);
    equal(response.status, 500);
    equal(seen, ["BodyUsed"]);
  });
}
