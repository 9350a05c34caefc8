// The helpers for users' own tests: events that the event handler accepts, and a `fetch` that records.
import { equal, matches, ok, rejects, throws } from "./assert.js";
import { stateOf } from "./webhooks.js";

const KEY = "key-of-the-tests";
const CONNECTION_STRING = `Endpoint=https://contoso.example;AccessKey=${KEY};Version=1.0;`;

export function testing(pkg, check, { signedEvent, recordingFetch }) {
  /** Has an event handled; returns the response and what the handler was given. */
  const handled = async (options) => {
    const seen = [];
    const keep = (req, res) => {
      seen.push(req);
      res?.success();
    };
    const names = [
      "handleConnect",
      "handleUserEvent",
      "onConnected",
      "onDisconnected",
      "onGroupJoined",
      "onGroupLeft",
    ];
    const handlers = Object.fromEntries(names.map((name) => [name, keep]));
    const events = new pkg.WebPubSubEventHandler("chat", {
      connectionString: CONNECTION_STRING,
      ...handlers,
    });
    const response = await events.handle(signedEvent({ hub: "chat", key: KEY, ...options }));
    return { response, req: seen[0] };
  };

  check("signs user events of every kind", async () => {
    const bytes = Uint8Array.of(0, 255);
    const cases = [
      [{ data: "hä" }, "message", "text", "hä"],
      [{ event: "say", data: { a: ["ü"] } }, "say", "json", { a: ["ü"] }],
      [{ event: "say", data: null }, "say", "json", null],
      [{}, "message", "text", ""],
      [{ event: "say", data: '"x"', dataType: "json" }, "say", "json", "x"],
      [{ event: "joined", data: bytes }, "joined", "binary", bytes.buffer],
      [{ event: "say", data: bytes.buffer }, "say", "binary", bytes.buffer],
    ];
    for (const [options, name, dataType, data] of cases) {
      const { response, req } = await handled(options);
      equal([response.status, req.context.eventName, req.dataType], [204, name, dataType]);
      equal(req.data, data);
    }
  });

  check("signs the events of a connection", async () => {
    const claims = { role: ["admin"] };
    const connect = await handled({ event: "connect", data: { claims, subprotocols: ["a"] } });
    equal([connect.response.status, connect.req.claims, connect.req.subprotocols], [204, claims, ["a"]]);
    equal((await handled({ event: "connected" })).req.context.eventName, "connected");
    equal((await handled({ event: "disconnected", data: { reason: "gone" } })).req.reason, "gone");
    for (const event of ["joined", "left"])
      equal((await handled({ event, group: "room" })).req.group, "room");
  });

  check("signs for the connection, the user and the state that it is given", async () => {
    const { req } = await handled({
      data: "x",
      connectionId: "Zoë-1",
      userId: "日本",
      subprotocol: "json.webpubsub.azure.v1",
      states: { name: "Ærø" },
      headers: { "X-WebPubSub-Metadata-locale": "fr", "ce-id": "7" },
    });
    const { connectionId, userId, subprotocol, states, metadata, id, hub } = req.context;
    equal([connectionId, userId, subprotocol], ["Zoë-1", "日本", "json.webpubsub.azure.v1"]);
    equal([states, metadata, id, hub], [{ name: "Ærø" }, { locale: "fr" }, "7", "chat"]);
    const events = new pkg.WebPubSubEventHandler("chat", {
      accessKeys: KEY,
      path: "/hook",
      handleUserEvent: (req, res) => (res.setState("count", 1), res.success()),
    });
    const response = await events.handle(
      signedEvent({ hub: "chat", key: KEY, url: "https://app.example/hook", states: { a: 1 } }),
    );
    equal(stateOf(response), { a: 1, count: 1 });
  });

  check("signs with the key that it is given", async () => {
    equal((await handled({ key: "another" })).response.status, 401);
    throws(() => signedEvent({ hub: "chat", key: " " }), { code: "InvalidAccessKey" });
  });

  check("refuses options that make no event", async () => {
    const cases = [
      [{ user: "ada" }, /did you mean "userId"/],
      [{ data: { a: 1 }, dataType: "text" }, /does not fit/],
      [{ data: "x", dataType: "html" }, /does not fit/],
      [{ data: "x", dataType: "constructor" }, /does not fit/],
      [{ event: "say", group: "room" }, /"group"/],
      [{ event: "connect", data: "x" }, /object/],
      [{ event: "connect", dataType: "json" }, /"dataType" is for user events/],
      [{ event: "joined", group: "room", dataType: "text" }, /"dataType" is for user events/],
      [{ states: [1] }, /plain object/],
      [{ data: new Map() }, /Map/],
    ];
    for (const [options, message] of cases) {
      throws(() => signedEvent({ hub: "chat", key: KEY, ...options }), { name: "TypeError", message });
    }
    throws(() => signedEvent({ key: KEY }), { code: "InvalidHub" });
  });

  const client = (fetch) => new pkg.WebPubSubServiceClient(CONNECTION_STRING, "chat", { fetch });

  check("records requests, and answers each operation with success", async () => {
    const { fetch, requests } = recordingFetch();
    const service = client(fetch);
    const room = service.group("a room");
    await service.sendToAll({ text: "hello" });
    await room.sendToAll("hi", { contentType: "text/plain" });
    await room.addUser("ada");
    await room.removeUser("ada");
    await service.closeAllConnections();
    await service.addConnectionsToGroups(["g"], "userId ne null");
    await service.grantPermission("c", "joinLeaveGroup", { targetName: "g" });
    await service.revokePermission("c", "sendToGroup", { targetName: "g" });
    await service.getServiceStatus();
    equal(await service.userExists("u"), true);
    for await (const _ of room.listConnections()) ok(false, "nobody is in the group");
    equal(requests.length, 11);
    const [first, second] = requests;
    equal([first.method, new URL(first.url).pathname], ["POST", "/api/hubs/chat/:send"]);
    matches(first.headers.get("authorization"), /^Bearer /);
    equal([await first.json(), await second.text()], [{ text: "hello" }, "hi"]);
    equal(second.headers.get("content-type"), "text/plain");
  });

  check("answers as it is told", async () => {
    const { fetch, requests } = recordingFetch(503, (request) => (request.method === "POST" ? 202 : 404));
    const service = new pkg.WebPubSubServiceClient(CONNECTION_STRING, "chat", {
      fetch,
      retryOptions: { retryDelayInMs: 1 },
    });
    await service.sendToAll("x");
    equal([await service.userExists("u"), requests.length], [false, 3]);
    const page = new Response('{"value":[{"connectionId":"c"}]}', {
      headers: { "Content-Type": "application/json" },
    });
    const room = client(recordingFetch(page).fetch).group("room");
    for (let i = 0; i < 2; i++) equal((await room.listConnections().next()).value.connectionId, "c");
    const cause = new TypeError("down");
    equal(
      (await rejects(client(recordingFetch(cause).fetch).sendToAll("x"), { kind: "Network" })).cause,
      cause,
    );
  });
}
