// Which requests are the handler's, and what is wrong with those that are not well.
import { equal, matches, ok, throws } from "../assert.js";
import { ORIGIN, PRIMARY, SECONDARY, URL_OF_CHAT, event, eventHeaders, text } from "../webhooks.js";

export function routing(check, { WebPubSubEventHandler, handler }) {
  check("leaves alone what is for others", async () => {
    const others = [
      new Request(URL_OF_CHAT),
      new Request(URL_OF_CHAT, { method: "OPTIONS", headers: { Origin: "https://app.example" } }),
      new Request(URL_OF_CHAT, { method: "POST", body: "{}" }),
      new Request(URL_OF_CHAT, { method: "PUT", headers: eventHeaders("sys.connected"), body: "{}" }),
      event("sys.connected", {}, { headers: { "ce-hub": "another" } }),
      event("sys.connected", {}, { headers: { "ce-type": "com.example.happened" } }),
    ];
    for (const request of others) {
      equal(
        await handler().handle(request),
        undefined,
        `${request.method} ${request.headers.get("ce-type")}`,
      );
      ok(!request.bodyUsed, "the body is not touched");
      equal((await handler().fetch(request)).status, 404);
    }
    equal(
      (await handler().handle(event("sys.connected", {}, { headers: { "ce-hub": "CHAT" } }))).status,
      204,
    );
  });

  check("stands in one line with handlers of other hubs", async () => {
    const path = "/events";
    const handlers = ["one", "two"].map(
      (hub) =>
        new WebPubSubEventHandler(hub, {
          path,
          accessKeys: PRIMARY,
          handleUserEvent: () => ({ data: hub, dataType: "text" }),
        }),
    );
    const request = event("user.x", {}, { url: "https://app.example/events/", headers: { "ce-hub": "Two" } });
    let response;
    for (const each of handlers) response ??= await each.handle(request);
    equal(await response.text(), "two");
  });

  check("takes events that nobody handles", async () => {
    for (const type of [
      "sys.connect",
      "sys.connected",
      "sys.disconnected",
      "gp.joined",
      "gp.left",
      "user.any",
    ]) {
      const response = await handler().handle(event(type, "not even JSON"));
      equal(response.status, 204, type);
    }
  });

  check("refuses options that are none", async () => {
    const invalid = (options, code = "InvalidOption") => throws(() => handler(options), { code });
    for (const hub of [undefined, 5, "", "1st", "a b"]) {
      throws(() => new WebPubSubEventHandler(hub, { accessKeys: PRIMARY }), { code: "InvalidHub" });
    }
    throws(() => new WebPubSubEventHandler("chat", "options"), { name: "TypeError", code: "InvalidOption" });
    invalid({ path: 5 });
    invalid({ handleConnect: {} });
    invalid({ onError: "log" });
    invalid({ allowedEndpoints: ORIGIN });
    invalid({ allowedEndpoints: [] }, "InvalidEndpoint");
    invalid({ allowedEndpoints: ["ftp://x"] }, "InvalidEndpoint");
    for (const maxBodyBytes of [0, -1, 1.5, Infinity]) {
      throws(() => handler({ maxBodyBytes }), { name: "RangeError", code: "InvalidOption" });
    }
  });

  check("serves by itself", async () => {
    const { fetch } = handler({ handleUserEvent: () => ({ data: "yes", dataType: "text" }) });
    equal(await (await fetch(text("hi"))).text(), "yes");
    const elsewhere = new Request("https://app.example/");
    const response = await fetch(elsewhere);
    equal(response.status, 404);
    matches(await response.text(), "chat");
    const hidden = await handler({ path: "/secret-path/" }).fetch(elsewhere);
    ok(!(await hidden.text()).includes("secret"), "the path may be a secret");
  });

  check("shows no key", async () => {
    const events = handler({
      accessKeys: [PRIMARY],
      connectionString: `Endpoint=https://a;AccessKey=${SECONDARY};`,
    });
    const shown = JSON.stringify(events) + String(events) + Object.values(events).map(String);
    ok(!shown.includes(PRIMARY) && !shown.includes(SECONDARY));
    equal(events.hub, "chat");
  });
}
