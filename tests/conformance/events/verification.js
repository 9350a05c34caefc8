// Who is let in: signatures, keys, the second lock.
import { equal, matches, ok, throws } from "../assert.js";
import { ORIGIN, PRIMARY, event, handshake, signature, text } from "../webhooks.js";

export function verification(check, { WebPubSubEventHandler, AzureKeyCredential, handler, errors, given }) {
  const accepts = async (options, request = text("hi")) =>
    (await new WebPubSubEventHandler("chat", { handleUserEvent: () => {}, ...options }).handle(request))
      .status;

  check("reads keys anew for every event", async () => {
    const credential = new AzureKeyCredential("old");
    let asked = 0;
    const sources = [
      credential,
      [credential],
      () => {
        asked += 1;
        return credential.key;
      },
      async () => [credential],
    ];
    for (const accessKeys of sources) {
      credential.update("old");
      const events = new WebPubSubEventHandler("chat", { accessKeys, handleUserEvent: () => {} });
      equal((await events.handle(text("hi"))).status, 401);
      credential.update(PRIMARY);
      equal((await events.handle(text("hi"))).status, 204);
    }
    equal(asked, 2);
  });

  check("asks for keys only for events of its own", async () => {
    let asked = 0;
    const events = handler({ accessKeys: () => ((asked += 1), PRIMARY) });
    await events.handle(new Request("https://app.example/elsewhere"));
    await events.handle(handshake(ORIGIN));
    await events.handle(event("sys.connected", {}, { headers: { "ce-hub": "another" } }));
    await events.handle(event("sys.connected", {}, { headers: { "ce-connectionId": undefined } }));
    equal(asked, 0);
    await events.handle(event("sys.connected"));
    equal(asked, 1);
  });

  check("fails closed when there are no keys to be had", async () => {
    const sources = [
      [() => [], 0],
      [() => undefined, 0],
      [() => "", 1],
      [() => [5], 1],
      [() => Promise.reject(new Error("vault")), 1],
    ];
    for (const [accessKeys, reported] of sources) {
      const { seen, onError } = errors();
      const response = await handler({ accessKeys, onError, handleUserEvent: () => {} }).handle(text("hi"));
      equal(response.status, 500);
      ok(!(await response.text()).includes("vault"));
      equal(seen.length, reported);
    }
  });

  check("cannot be made without anything to verify events with", async () => {
    const missing = { name: "TypeError", code: "MissingAccessKey", message: /access key/ };
    for (const options of [
      undefined,
      {},
      { accessKeys: [] },
      { connectionString: undefined },
      { accessKeys: null },
    ]) {
      throws(() => new WebPubSubEventHandler("chat", options), missing);
    }
    throws(() => handler({ accessKeys: "" }), { name: "TypeError", code: "InvalidAccessKey" });
    for (const keys of [
      [PRIMARY, 5],
      [undefined, PRIMARY],
      [, PRIMARY],
    ]) {
      throws(() => handler({ accessKeys: keys }), { name: "TypeError", code: "InvalidAccessKey" });
    }
    throws(() => handler({ connectionString: "nonsense" }), { code: "InvalidConnectionString" });
  });

  check("skips verification only by its full name", async () => {
    const options = { dangerouslySkipSignatureVerification: true };
    equal(await accepts(options, text("hi", { "ce-signature": undefined })), 204);
    const { req } = await given("handleUserEvent", text("hi", { "ce-signature": undefined }), options);
    equal(req.context.signature, "");
    throws(() => new WebPubSubEventHandler("chat", { dangerouslySkipSignatureVerification: 1 }), {
      code: "InvalidOption",
    });
  });

  check("has a second lock", async () => {
    const locks = [
      [() => true, 204],
      [() => {}, 401],
      [() => undefined, 401],
      [() => "yes", 401],
      [() => 1, 401],
      [() => ({}), 401],
      [async () => {}, 401],
      [async () => "true", 401],
      [async (request) => request.headers.get("authorization") === "Bearer good", 204],
      [async (request) => request.headers.get("authorization") === "Bearer bad", 401],
      [(request, context) => context.userId === "ada", 204],
      [() => false, 401],
      [() => null, 401],
      [() => Promise.reject(new Error("no")), 401],
    ];
    for (const [authorize, status] of locks) {
      const { response } = await given(
        "handleUserEvent",
        text("hi", { authorization: "Bearer good", "ce-userId": "ada" }),
        { authorize, onError: () => {} },
      );
      equal(response.status, status, String(authorize));
    }
    const seen = [];
    const onError = (error) => void seen.push(error.message);
    await given("handleUserEvent", text("hi"), { authorize: () => {}, onError });
    matches(seen[0], "authorize must be true or false");
    for (const authorize of [null, true, "yes"])
      throws(() => handler({ authorize }), { code: "InvalidOption" });
    throws(() => handler({ allowedEndpoints: null }), { code: "InvalidOption" });
    let asked = false;
    await handler({ authorize: () => (asked = true) }).handle(text("hi", { "ce-signature": "sha256=00" }));
    equal(asked, false, "the second lock comes behind the first");
  });
}
