// Handlers by the names of user events.
import { equal, matches, ok, throws } from "../assert.js";
import { event, text } from "../webhooks.js";

export function names(check, { handler, errors }) {
  const named = (name, body = "hi") =>
    text(body, { "ce-type": `azure.webpubsub.user.${name}`, "ce-eventName": name });
  const saying = (data) => () => ({ data, dataType: "text" });

  check("calls the handler of the name of an event", async () => {
    const on = {
      join: saying("join"),
      leave: async (req, res) => res.success("leave"),
      "a.b": saying("a.b"),
    };
    const events = handler({ on, handleUserEvent: saying("other") });
    for (const name of ["join", "leave", "a.b"]) equal(await (await events.handle(named(name))).text(), name);
    for (const name of ["Join", "message", "toString", "__proto__", "constructor"]) {
      equal(await (await events.handle(named(name))).text(), "other", name);
    }
  });

  check("accepts an event that has no handler", async () => {
    const request = named("other");
    const response = await handler({ on: { join: saying("join") } }).handle(request);
    equal([response.status, request.bodyUsed], [204, false]);
    const system = handler({ on: { connected: () => ok(false, "not an event of a user") } });
    equal((await system.handle(event("sys.connected"))).status, 204);
  });

  check("calls the handler of a name as a member of the option", async () => {
    const on = {
      greeting: "hello",
      join() {},
    };
    throws(() => handler({ on }), { name: "TypeError", code: "InvalidOption", message: /"greeting"/ });
    const names = {
      join() {
        return { data: Object.keys(this).join(), dataType: "text" };
      },
    };
    equal(await (await handler({ on: names }).handle(named("join"))).text(), "join");
  });

  check("refuses handlers of names that are no functions", async () => {
    const inherited = Object.create({ join: saying("inherited") });
    for (const on of [5, "join", () => {}, new Map(), inherited, { join: undefined }, { join: {} }]) {
      throws(() => handler({ on }), { name: "TypeError", code: "InvalidOption" });
    }
  });

  check("reports what the handler of a name throws", async () => {
    const { seen, onError } = errors();
    const on = { join: () => Promise.reject(new Error("no")) };
    equal((await handler({ on, onError }).handle(named("join"))).status, 500);
    equal([seen[0].error.message, seen[0].context.eventName], ["no", "join"]);
  });

  check("says what to do with a request of Node", async () => {
    const node = { method: "POST", url: "/api/webpubsub/hubs/chat/", headers: { host: "localhost" } };
    for (const request of [node, {}, undefined, "https://app.example/"]) {
      for (const method of ["handle", "fetch"]) {
        const error = await handler({})
          [method](request)
          .catch((error) => error);
        equal([error.name, error.code], ["TypeError", "InvalidRequest"]);
        matches(error.message, "getMiddleware()");
      }
    }
  });
}
