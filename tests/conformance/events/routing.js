// Which requests are the handler's, and what is wrong with those that are not well.
import { equal, matches, ok, throws } from "../assert.js";
import {
  ORIGIN,
  PRIMARY,
  SECONDARY,
  URL_OF_CHAT,
  base64,
  event,
  eventHeaders,
  handshake,
  signature,
  text,
} from "../webhooks.js";

export function routing(check, { WebPubSubEventHandler, handler }) {
  check("answers the handshake for any service", async () => {
    for (const method of ["OPTIONS", "GET"]) {
      const response = await handler().handle(handshake(ORIGIN, { method }));
      equal(response.status, 200);
      equal(response.headers.get("WebHook-Allowed-Origin"), "*");
      equal(await response.text(), "");
    }
    const bare = new Request(URL_OF_CHAT, {
      method: "OPTIONS",
      headers: { "WebHook-Request-Origin": ORIGIN },
    });
    equal((await handler().handle(bare)).status, 200, "without ce-awpsversion");
  });

  check("answers the handshake for allowed services only, and says who came and who may", async () => {
    const allowedEndpoints = [`https://${ORIGIN}/`, "OTHER.example:8443"];
    const events = handler({ allowedEndpoints });
    const cases = [
      [ORIGIN, ORIGIN],
      [ORIGIN.toUpperCase(), ORIGIN.toUpperCase()],
      [`  ${ORIGIN} `, ORIGIN],
      ["other.example:8443", "other.example:8443"],
      [`https://${ORIGIN}`, `https://${ORIGIN}`],
      [`replica.example, ${ORIGIN}`, "*"],
      [`,${ORIGIN} ,`, ORIGIN],
    ];
    for (const [origin, allowed] of cases) {
      const response = await events.handle(handshake(origin));
      equal(response.status, 200, origin);
      equal(response.headers.get("WebHook-Allowed-Origin"), allowed, origin);
    }
    for (const origin of ["evil.example", "other.example", `${ORIGIN}.evil.example`, "*", "a b"]) {
      const response = await events.handle(handshake(origin));
      equal(response.status, 403, origin);
      equal(response.headers.get("WebHook-Allowed-Origin"), null);
      const body = await response.text();
      matches(body, origin);
      matches(body, ORIGIN);
      matches(body, "other.example:8443");
    }
  });

  check("takes repeated origins", async () => {
    const request = handshake("replica.example");
    request.headers.append("WebHook-Request-Origin", ORIGIN);
    const response = await handler({ allowedEndpoints: [ORIGIN] }).handle(request);
    equal(response.headers.get("WebHook-Allowed-Origin"), "*");
  });

  check("misses the origin of a handshake", async () => {
    const response = await handler().handle(handshake(undefined));
    equal(response.status, 400);
    matches(await response.text(), "WebHook-Request-Origin is missing");
  });

  check("compares origins for events as well", async () => {
    const events = handler({ allowedEndpoints: ["https://another.example"], handleUserEvent: () => {} });
    const response = await events.handle(text("hi"));
    equal(response.status, 403);
    matches(await response.text(), ORIGIN);
    equal((await events.handle(text("hi", { "WebHook-Request-Origin": "another.example" }))).status, 204);
    const missing = await events.handle(text("hi", { "WebHook-Request-Origin": undefined }));
    equal(missing.status, 400);
  });

  check("listens at its path and below, in any letter case", async () => {
    const at = async (url, options) =>
      (await handler(options).handle(event("sys.connected", {}, { url: `https://app.example${url}` })))
        ?.status;
    equal(handler().path, "/api/webpubsub/hubs/chat/");
    equal(handler({ path: "/Events" }).path, "/events/");
    equal(await at("/api/webpubsub/hubs/chat"), 204);
    equal(await at("/API/WebPubSub/Hubs/CHAT/connected?code=1"), 204);
    equal(await at("/api/webpubsub/hubs/%63hat/"), 204);
    equal(await at("/api/webpubsub/hubs/chatter/"), undefined);
    equal(await at("/api/webpubsub/hubs/"), undefined);
    equal(await at("/"), undefined);
    equal(await at("/events/x", { path: "/events" }), 204);
    equal(await at("/eventsx", { path: "/events" }), undefined);
    for (const path of ["events", "", "/a?b", "/a#b"])
      throws(() => handler({ path }), { code: "InvalidPath" });
  });

  check("takes hub names with characters that URLs encode", async () => {
    const hub = "a`b[1]";
    const events = new WebPubSubEventHandler(hub, { accessKeys: PRIMARY });
    for (const path of ["a`b[1]", "a%60b%5B1%5D"]) {
      const url = `https://app.example/api/webpubsub/hubs/${path}/`;
      const request = event("sys.connected", {}, { url, headers: { "ce-hub": hub } });
      equal((await events.handle(request))?.status, 204, path);
    }
  });

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

  check("names what is missing or wrong in a head", async () => {
    const cases = {
      "ce-type": [undefined, 400],
      "ce-awpsversion": [undefined, 400],
      "ce-hub": [undefined, 400],
      "ce-connectionId": [undefined, 400],
      "WebHook-Request-Origin": [undefined, 400],
      "ce-signature": [undefined, 401],
      "ce-connectionState": ["~~~", 400],
    };
    for (const [name, [value, status]] of Object.entries(cases)) {
      const response = await handler().handle(event("sys.connected", {}, { headers: { [name]: value } }));
      equal(response?.status, status, name);
      matches((await response.text()).toLowerCase(), name.toLowerCase());
    }
    const version = await handler().handle(
      event("sys.connected", {}, { headers: { "ce-awpsversion": "2.0" } }),
    );
    equal(version.status, 400);
    equal(
      (await handler().handle(event("sys.connected", {}, { headers: { "ce-awpsversion": "1.1" } }))).status,
      204,
    );
  });

  check("refuses states that are no JSON objects", async () => {
    for (const state of [btoa("no JSON"), base64([1]), base64("text"), base64(null), btoa("\xff")]) {
      const response = await handler().handle(text("hi", { "ce-connectionState": state }));
      equal(response.status, 400);
      matches(await response.text(), "ce-connectionState");
    }
  });

  check("takes kinds of events that it does not know, once they are verified", async () => {
    for (const type of ["sys.future", "gp.renamed", "new.kind", "user", ""]) {
      equal((await handler().handle(event(type))).status, 204, type);
      equal(
        (await handler().handle(event(type, {}, { headers: { "ce-signature": "x" } }))).status,
        401,
        type,
      );
    }
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
    const response = await fetch(new Request("https://app.example/"));
    equal(response.status, 404);
    matches(await response.text(), "chat");
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
