// What handlers are given.
import { equal, matches, ok } from "../assert.js";
import { PRIMARY, event, signature, text } from "../webhooks.js";

export function requests(check, { handler, given }) {
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
