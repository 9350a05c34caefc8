// What handlers answer, and what becomes of it.
import { equal, matches, ok, throws } from "../assert.js";
import { CONNECTION, PRIMARY, base64, binary, event, jsonOf, stateOf, text } from "../webhooks.js";

export function answers(check, { pkg, handler, errors }) {
  const connectBody = { subprotocols: ["a", "b"] };
  const connect = (handleConnect, options, request = event("sys.connect", connectBody)) =>
    handler({ handleConnect, ...options }).handle(request);
  const user = (handleUserEvent, options, request = text("hi")) =>
    handler({ handleUserEvent, ...options }).handle(request);

  check("accepts a client", async () => {
    const answer = { userId: "ada", groups: ["g"], roles: [], subprotocol: "b" };
    for (const handle of [
      (req, res) => res.success(answer),
      () => answer,
      async () => answer,
      async (req, res) => res.success(answer),
      (req, res) => void setTimeout(() => res.success(answer), 1),
    ]) {
      const response = await connect(handle);
      equal(response.status, 200);
      matches(response.headers.get("Content-Type"), /^application\/json/);
      equal(await jsonOf(response), answer);
    }
    for (const handle of [(req, res) => res.success(), (req, res) => res.success({}), () => ({})]) {
      equal((await connect(handle)).status, 204);
    }
    equal(await jsonOf(await connect(() => ({ userId: "" }))), { userId: "" });
  });

  check("refuses a client", async () => {
    const cases = [
      [(req, res) => res.fail(401), 401, ""],
      [(req, res) => res.fail(403, "not you"), 403, "not you"],
      [(req, res) => res.failWith({ code: 400, detail: "no" }), 400, "no"],
      [() => ({ code: 401, detail: "returned" }), 401, "returned"],
      [
        async (req, res) => {
          res.fail(401, "first");
          res.success();
          res.success({ subprotocol: "not offered, but no matter any more" });
        },
        401,
        "first",
      ],
    ];
    for (const [handle, status, body] of cases) {
      const { seen, onError } = errors();
      const response = await connect(handle, { onError });
      equal(seen, []);
      equal(response.status, status);
      equal(await response.text(), body);
    }
  });

  check("refuses a client on whose fate nobody decides", async () => {
    for (const handle of [() => {}, async (req, res) => {}, (req) => {}, () => null, async () => undefined]) {
      const { seen, onError } = errors();
      equal((await connect(handle, { onError })).status, 500);
      equal(seen[0].error.code, "MissingAnswer");
    }
  });

  check("refuses answers that are none", async () => {
    const cases = [
      [{ subprotocol: "c" }, "InvalidSubprotocol"],
      [{ groups: ["g", "."] }, "InvalidGroup"],
      [{ groups: "g" }, "InvalidOption"],
      [{ roles: [1] }, "InvalidOption"],
      [{ userId: 5 }, "InvalidOption"],
      [{ userId: ".." }, "InvalidUserId"],
      [{ mqtt: { userProperties: [{ name: "a" }] } }, "InvalidOption"],
      [{ code: 200 }, "InvalidStatus"],
      [{ code: "401" }, "InvalidStatus"],
      [{ mqtt: { code: 256 } }, "InvalidStatus"],
      [{ mqtt: { code: 0 } }, "InvalidStatus"],
      [{ mqtt: { reason: "no" } }, "InvalidOption"],
      [true, "InvalidResponse"],
      [401, "InvalidResponse"],
      ["no", "InvalidResponse"],
      [[], "InvalidResponse"],
      [new Response("no", { status: 401 }), "InvalidResponse"],
      [new Error("no"), "InvalidResponse"],
      [Object.assign(new Error("no"), { code: 401 }), "InvalidResponse"],
      [new Map([["code", 401]]), "InvalidResponse"],
      [
        new (class {
          groups = ["g"];
        })(),
        "InvalidResponse",
      ],
      [{ status: 401 }, "InvalidOption"],
      [{ statusCode: 401, body: "no" }, "InvalidOption"],
      [{ error: "no" }, "InvalidOption"],
      [{ detail: "no" }, "InvalidOption"],
      [{ code: 401, groups: ["g"] }, "InvalidOption"],
      [{ subProtocol: "a" }, "InvalidOption"],
      [{ mqtt: { code: 135, reson: "no" } }, "InvalidOption"],
      [{ mqtt: new Map() }, "InvalidOption"],
    ];
    for (const [answer, code] of cases) {
      const { seen, onError } = errors();
      const response = await connect(() => answer, { onError });
      equal(response.status, 500, JSON.stringify(answer));
      const inside = await connect((req, res) => res.success(answer), { onError: () => {} });
      equal(inside.status, 500, JSON.stringify(answer));
      equal(seen[0].error.code, code, JSON.stringify(answer));
      equal(seen[0].context.eventName, "connect");
    }
    let code;
    const response = await connect((req, res) => {
      try {
        res.success({ subprotocol: "c" });
      } catch (error) {
        code = error.code;
        res.fail(400);
      }
    });
    equal([code, response.status], ["InvalidSubprotocol", 400], "one that could not be made does not count");
    for (const status of [200, 399, 600, 401.5, NaN, "401", undefined]) {
      await connect((req, res) => {
        throws(() => res.fail(status), { name: "RangeError", code: "InvalidStatus" });
        res.success();
      });
    }
  });

  check("replies to a user event", async () => {
    const bytes = new Uint8Array([1, 2]);
    const cases = [
      [(req, res) => res.success("hi", "text"), "text/plain; charset=utf-8", "hi"],
      [(req, res) => res.success('{"a":1}', "json"), "application/json; charset=utf-8", '{"a":1}'],
      [(req, res) => res.success(bytes, "binary"), "application/octet-stream", "\x01\x02"],
      [(req, res) => res.success(bytes.buffer), "application/octet-stream", "\x01\x02"],
      [(req, res) => res.success("as text"), "text/plain; charset=utf-8", "as text"],
      [(req, res) => res.success("as bytes", "binary"), "application/octet-stream", "as bytes"],
      [() => ({ data: "hi", dataType: "text" }), "text/plain; charset=utf-8", "hi"],
      [async () => ({ data: { a: [1] }, dataType: "json" }), "application/json; charset=utf-8", '{"a":[1]}'],
      [() => ({ data: bytes, dataType: "binary" }), "application/octet-stream", "\x01\x02"],
      [(req) => req, "text/plain; charset=utf-8", "hi"],
    ];
    for (const [handle, type, body] of cases) {
      const response = await user(handle);
      equal(response.status, 200);
      equal(response.headers.get("Content-Type"), type);
      equal(await response.text(), body);
    }
    for (const request of [event("user.x", { a: 1 }), binary(bytes)]) {
      const response = await user((req, res) => res.success("as bytes"), undefined, request);
      equal(
        response.headers.get("Content-Type"),
        "application/octet-stream",
        "only text is answered with text",
      );
    }
    for (const handle of [(req, res) => res.success(), () => {}, async (req, res) => {}, () => null]) {
      const response = await user(handle);
      equal(response.status, 204);
      equal(await response.text(), "");
    }
    const response = await user((req, res) => res.fail(429, "slow down"));
    equal([response.status, await response.text()], [429, "slow down"]);
  });

  check("refuses replies that are none", async () => {
    const cases = [
      [() => "text", "InvalidOption"],
      [() => 5, "InvalidOption"],
      [() => new Response("no", { status: 401 }), "InvalidOption"],
      [() => ({ code: 401 }), "InvalidOption"],
      [() => ({ data: "x", dataType: "text", status: 401 }), "InvalidOption"],
      [() => ({ data: Promise.resolve(1), dataType: "json" }), "InvalidReply"],
      [() => ({ data: { a: new Map() }, dataType: "json" }), "InvalidReply"],
      [(req, res) => (res.setState("a", new Map([[1, 2]])), res.success()), "InvalidState"],
      [(req, res) => (res.setState("a", "x".repeat(200_000)), res.success()), "StateTooLarge"],
      [async (req, res) => res.setState("a", "x".repeat(6200)), "StateTooLarge"],
      [() => ({ data: 5, dataType: "text" }), "InvalidReply"],
      [() => ({ data: "x", dataType: "binary" }), "InvalidReply"],
      [() => ({ data: () => {}, dataType: "json" }), "InvalidReply"],
      [() => ({ data: "x", dataType: "html" }), "InvalidDataType"],
      [(req, res) => res.success({ a: 1 }, "json"), "InvalidReply"],
      [(req, res) => res.success("x", "html"), "InvalidDataType"],
      [(req, res) => res.success("x", "constructor"), "InvalidDataType"],
    ];
    for (const [handle, code] of cases) {
      const { seen, onError } = errors();
      equal((await user(handle, { onError })).status, 500);
      equal(seen[0].error.code, code, String(handle));
    }
  });

  check("keeps, sets and clears the state of a connection", async () => {
    const stateful = text("hi", { "ce-connectionState": base64({ a: 1, b: "ü" }) });
    const state = async (handle) => stateOf(await user(handle, undefined, stateful.clone()));
    equal(await state((req, res) => res.success()), undefined, "kept");
    equal(await state(() => {}), undefined, "kept");
    equal(await state((req, res) => (res.setState("c", [1]), res.success())), { a: 1, b: "ü", c: [1] });
    equal(await state((req, res) => void res.setState("a", 2) ?? { data: "x", dataType: "text" }), {
      a: 2,
      b: "ü",
    });
    equal(await state((req, res) => (res.setState("a", undefined), res.success())), { b: "ü" });
    equal(
      await state((req, res) => {
        for (const name of Object.keys(req.context.states)) res.setState(name, undefined);
        res.success();
      }),
      {},
      "cleared",
    );
    equal(await state((req, res) => (res.setState("c", 1), res.fail(400))), undefined, "not with a refusal");
    equal(
      await state((req, res) => {
        res.setState("__proto__", { evil: true });
        equal({}.evil, undefined);
        equal(req.context.states.evil, undefined);
        res.success();
      }),
      JSON.parse('{"a":1,"b":"ü","__proto__":{"evil":true}}'),
    );
    const response = await connect((req, res) => (res.setState("n", "日本"), res.success({ userId: "ada" })));
    equal(response.headers.get("ce-connectionState"), "eyJuIjoi5pel5pysIn0=");
    const vector = await connect((req, res) => (res.setState("key", "a"), res.success()));
    equal([vector.status, vector.headers.get("ce-connectionState")], [204, "eyJrZXkiOiJhIn0="]);
  });

  check("says nothing of the insides of a failure", async () => {
    for (const failure of [new Error("secret"), "secret", null, undefined, { secret: 1 }]) {
      const failing = [
        () => {
          throw failure;
        },
        () => Promise.reject(failure),
      ];
      for (const handle of failing) {
        const cases = [
          ["handleConnect", event("sys.connect")],
          ["handleUserEvent", text("hi")],
          ["onConnected", event("sys.connected")],
        ];
        for (const [name, request] of cases) {
          const { seen, onError } = errors();
          const response = await handler({ [name]: handle, onError }).handle(request);
          equal(response.status, 500, name);
          ok(!(await response.text()).includes("secret"));
          equal(seen.length, 1);
          equal(seen[0].error, failure);
          equal(seen[0].context.connectionId, CONNECTION);
        }
      }
    }
  });

  check("survives a hook that fails", async () => {
    const quiet = console.error;
    console.error = () => {};
    try {
      const onError = () => {
        throw new Error("hook");
      };
      const response = await user(() => Promise.reject(new Error("handler")), { onError });
      equal(response.status, 500);
      equal((await user(() => Promise.reject(new Error("handler")))).status, 500, "without a hook");
    } finally {
      console.error = quiet;
    }
  });

  check("calls handlers as members of the options", async () => {
    const options = {
      accessKeys: PRIMARY,
      handleUserEvent(req) {
        return { data: `${this.accessKeys === PRIMARY}: ${req.data}`, dataType: "text" };
      },
    };
    const response = await new pkg.WebPubSubEventHandler("chat", options).handle(text("hi"));
    equal(await response.text(), "true: hi");
  });
}
