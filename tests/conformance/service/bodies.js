// What can be a message, byte for byte, and what cannot.
import { equal, matches, ok, rejects } from "../assert.js";

const JSON_TYPE = "application/json";
const TEXT = "text/plain";
const BINARY = "application/octet-stream";
const BYTES = Uint8Array.of(0, 1, 255, 128, 13, 10);

/** A stream that gives these parts. */
const streamOf = (...parts) =>
  new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
  });

/** What Node's streams look like. */
const nodeStreamOf = (...parts) => ({
  pipe() {},
  async *[Symbol.asyncIterator]() {
    yield* parts;
  },
});

export function bodies({ check, recording }) {
  /** The content type and the body that a message is sent with. */
  const sent = async (message, contentType) => {
    const { client, requests } = recording();
    await client.sendToAll(message, contentType && { contentType });
    equal(requests.length, 1);
    return [requests[0].contentType, requests[0].bytes];
  };
  const asText = async (...message) => {
    const [type, bytes] = await sent(...message);
    return [type, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)];
  };
  /** That a message is refused and nothing sent. */
  const refused = async (message, contentType, expected = { name: "TypeError", code: "InvalidMessage" }) => {
    const { client, requests } = recording();
    const error = await rejects(client.sendToAll(message, contentType && { contentType }), expected);
    equal(requests.length, 0);
    return error;
  };

  check("sends values as compact JSON", async () => {
    const cases = [
      ["hi", '"hi"'],
      ['wörld ✓ 😀 "\n', '"wörld ✓ 😀 \\"\\n"'],
      ["", '""'],
      [42, "42"],
      [-0.5, "-0.5"],
      [0, "0"],
      [true, "true"],
      [false, "false"],
      [null, "null"],
      [[], "[]"],
      [{ from: "a", data: [1, { b: null }] }, '{"from":"a","data":[1,{"b":null}]}'],
      [new Date(0), '"1970-01-01T00:00:00.000Z"'],
      [{ toJSON: () => 7 }, "7"],
      [Object.create(null, { a: { value: 1, enumerable: true } }), '{"a":1}'],
      ["half a pair: \ud800", '"half a pair: \\ud800"'],
    ];
    for (const [value, json] of cases) {
      equal(await asText(value), [JSON_TYPE, json]);
      equal(await asText(value, JSON_TYPE), [JSON_TYPE, json]);
    }
  });

  check("sends text as it is", async () => {
    for (const text of ["hi", "", "wörld ✓ 😀", '{"not":"parsed"}', "\u0000\r\n\t", "\ufeffmark"]) {
      equal(await asText(text, TEXT), [TEXT, text]);
      equal(await asText(text, BINARY), [BINARY, text]);
    }
  });

  check("sends bytes of every kind", async () => {
    const padded = Uint8Array.of(9, 9, ...BYTES, 9, 9);
    const cases = [
      BYTES,
      BYTES.buffer,
      padded.subarray(2, 8),
      new DataView(padded.buffer, 2, 6),
      new Uint8ClampedArray(BYTES),
      new Int8Array(BYTES.buffer),
      new Uint16Array(BYTES.buffer),
      new Blob([BYTES]),
      new Blob([BYTES], { type: "image/png" }),
      new File([BYTES], "a.txt", { type: "text/plain" }),
      new Blob([padded]).slice(2, 8),
    ];
    for (const message of cases) {
      equal(await sent(message), [BINARY, BYTES]);
      equal(await sent(message, BINARY), [BINARY, BYTES]);
      equal(await sent(message, JSON_TYPE), [JSON_TYPE, BYTES]);
    }
    for (const message of [new Uint8Array(), new ArrayBuffer(0), new Blob()]) {
      equal(await sent(message), [BINARY, new Uint8Array()]);
    }
    const numbers = new Float64Array([1.5, -2]);
    equal(await sent(numbers), [BINARY, new Uint8Array(numbers.buffer)]);
  });

  check("sends bytes of memory that threads share", async () => {
    const memory = new SharedArrayBuffer(8);
    new Uint8Array(memory).set(BYTES, 1);
    equal(await sent(new Uint8Array(memory, 1, 6)), [BINARY, BYTES]);
    equal(await sent(new DataView(memory, 1, 6)), [BINARY, BYTES]);
    equal(await sent(memory), [BINARY, Uint8Array.of(0, ...BYTES, 0)]);
    equal(await sent(streamOf(new Uint8Array(memory, 1, 6))), [BINARY, BYTES]);
  });

  check("sends streams, read to their end", async () => {
    const parts = () => [BYTES.subarray(0, 1), BYTES.subarray(1, 1), BYTES.slice(1).buffer];
    const cases = [
      () => streamOf(...parts()),
      () => () => streamOf(...parts()),
      () => async () => streamOf(...parts()),
      () => new Blob([BYTES]).stream(),
      () => new Response(BYTES).body,
      () => nodeStreamOf(...parts()),
      () => () => nodeStreamOf(...parts()),
    ];
    for (const message of cases) {
      equal(await sent(message()), [BINARY, BYTES]);
      equal(await sent(message(), JSON_TYPE), [JSON_TYPE, BYTES]);
    }
    equal(await sent(streamOf()), [BINARY, new Uint8Array()]);
    equal(await sent(nodeStreamOf("wör", "ld")), [BINARY, new TextEncoder().encode("wörld")]);
  });

  check("sends a stream again when it repeats a request", async () => {
    const { client, requests } = recording([429, 503, 202], { retryOptions: { retryDelayInMs: 1 } });
    let asked = 0;
    await client.sendToAll(() => {
      asked += 1;
      return streamOf(BYTES, BYTES);
    });
    equal(
      requests.map(({ bytes }) => bytes),
      Array(3).fill(Uint8Array.of(...BYTES, ...BYTES)),
    );
    equal(asked, 1);
  });

  check("refuses as text what is no string", async () => {
    const cases = [
      5,
      true,
      null,
      {},
      ["a"],
      BYTES,
      BYTES.buffer,
      new Blob(["a"]),
      streamOf(),
      () => streamOf(),
    ];
    for (const message of cases) matches((await refused(message, TEXT)).message, "must be a string");
  });

  check("refuses as bytes what has none", async () => {
    for (const message of [5, true, null, {}, [1, 2], new Date()]) {
      matches((await refused(message, BINARY)).message, "must be bytes");
    }
  });

  check("refuses what is no message at all", async () => {
    const circle = {};
    circle.self = circle;
    for (const message of [undefined, Symbol("s"), circle, 1n, { toJSON() {} }]) await refused(message);
    for (const message of [undefined, Symbol("s"), circle, 1n]) await refused(message, JSON_TYPE);
    const { cause } = await refused({
      toJSON() {
        throw new RangeError("mine");
      },
    });
    equal(cause.message, "mine");
  });

  check("refuses values whose content JSON would lose, and says what to do", async () => {
    const { client, requests } = recording();
    class Hidden {
      #secret = 1;
      get secret() {
        return this.#secret;
      }
    }
    const lost = [
      [Promise.resolve("x"), "a Promise: await it"],
      [{ then: () => {} }, "a Promise: await it", true],
      [new Map([["a", 1]]), "an instance of Map"],
      [new Set([1]), "an instance of Set"],
      [new WeakMap(), "an instance of WeakMap"],
      [new Response("x"), "an instance of Response"],
      [new Headers({ a: "b" }), "an instance of Headers"],
      [new FormData(), "an instance of FormData"],
      [new URLSearchParams("a=b"), "an instance of URLSearchParams"],
      [(function* () {})(), "an instance of Generator"],
      [(async function* () {})(), "an instance of AsyncGenerator"],
      [new Map().entries(), "an instance of Map Iterator"],
      [/x/, "an instance of RegExp"],
      [new Error("x"), "an instance of Error"],
      [Object.assign(new Error("x"), { code: 1 }), "an instance of Error"],
      [new Hidden(), "an instance of Hidden"],
    ];
    for (const [value, words, isPlain] of lost) {
      // In Bun, some of them have JSON.
      if (typeof value.toJSON === "function") continue;
      const expected = { name: "TypeError", code: "InvalidMessage" };
      if (!isPlain) matches((await rejects(client.sendToAll(value), expected)).message, words);
      if (value instanceof Error || isPlain) continue;
      for (const nested of [{ a: value }, [1, [value]], { a: { b: [{ c: value }] } }]) {
        matches((await rejects(client.sendToAll(nested), expected)).message, `contains ${words}`);
      }
    }
    for (const value of [NaN, Infinity, new Date(NaN), { toJSON: () => undefined }, { toJSON: () => null }]) {
      await rejects(client.sendToAll(value), { name: "TypeError", code: "InvalidMessage" });
    }
    equal(requests.length, 0);
    class Point {
      x = 1;
      then = "soon";
    }
    const kept = [
      {},
      [],
      { a: {}, b: [] },
      Object.create(null),
      new Point(),
      new Date(0),
      new URL("https://a.example/"),
      { then: 1 },
      { at: new Date(0), url: new URL("https://a.example/"), empty: {} },
      { toJSON: () => ({}) },
      "{}",
    ];
    for (const value of kept) {
      await client.sendToAll(value);
      equal(requests.at(-1).text, JSON.stringify(value));
    }
  });

  check("sends a copy of memory that can be resized, and none that was transferred", async () => {
    const { client, requests } = recording();
    const buffer = new ArrayBuffer(3, { maxByteLength: 9 });
    new Uint8Array(buffer).set([1, 2, 3]);
    for (const value of [buffer, new Uint8Array(buffer), new Uint8Array(buffer, 1)]) {
      await client.sendToAll(value);
      equal([...requests.at(-1).bytes], value.byteOffset ? [2, 3] : [1, 2, 3]);
    }
    if (typeof ArrayBuffer.prototype.transfer !== "function") return;
    const bytes = new Uint8Array([1, 2, 3]);
    bytes.buffer.transfer();
    const sent = requests.length;
    await rejects(client.sendToAll(bytes), { name: "TypeError", code: "InvalidMessage" });
    equal(requests.length, sent);
  });

  check("refuses functions and streams that give no bytes", async () => {
    for (const give of [() => {}, () => "text", async () => null, () => ({}), () => BYTES])
      await refused(give);
    for (const part of [5, {}, null, [1]]) {
      await refused(streamOf(BYTES, part));
      await refused(nodeStreamOf(BYTES, part));
    }
    await refused(nodeStreamOf("half a pair: \ud800"));
    const locked = streamOf(BYTES);
    locked.getReader();
    await refused(locked);
  });

  check("refuses text that would not arrive as it is", async () => {
    for (const text of ["\ud800", "a\udc00b", "\ude00\ud83d"]) {
      matches((await refused(text, TEXT)).message, "surrogate");
      await refused(text, BINARY);
    }
  });

  check("hands on what a stream or its function fails with", async () => {
    const failure = new Error("mine");
    const failing = new ReadableStream({
      pull(controller) {
        controller.error(failure);
      },
    });
    const cases = [
      failing,
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ];
    for (const message of cases) await refused(message, undefined, { message: "mine" });
  });

  check("refuses other content types", async () => {
    const right = /application\/json.*text\/plain.*application\/octet-stream/;
    for (const contentType of [
      "text/html",
      "text/plain; charset=utf-8",
      "TEXT/PLAIN",
      "json",
      "toString",
      5,
    ]) {
      await refused("hi", contentType, { name: "TypeError", code: "InvalidContentType", message: right });
    }
  });

  check("refuses messages that are too large", async () => {
    const expected = { name: "RangeError", code: "MessageTooLarge", message: /1 MiB/ };
    const large = new Uint8Array(2 ** 20 + 1);
    const cases = [
      [large],
      [new Blob([large])],
      ["x".repeat(2 ** 20 + 1), TEXT],
      ["ü".repeat(2 ** 19) + "x", TEXT],
      ["€".repeat(349_525) + "xx", TEXT],
      ["x" + "😀".repeat(2 ** 18), TEXT],
      ["😀".repeat(2 ** 20), TEXT],
      ["x".repeat(2 ** 20 - 1)],
      [streamOf(large)],
      [nodeStreamOf(large)],
    ];
    for (const [message, contentType] of cases) await refused(message, contentType, expected);
    await sent("ü".repeat(2 ** 19), TEXT);
    await sent("€".repeat(349_525) + "x", TEXT);
    await sent("😀".repeat(2 ** 18), TEXT);
    await sent("x".repeat(2 ** 20 - 2));
  });

  check("reads no stream further than a message may be long", async () => {
    let pulled = 0;
    let cancelled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(2 ** 18));
      },
      cancel() {
        cancelled += 1;
      },
    });
    await refused(endless, undefined, { code: "MessageTooLarge" });
    ok(pulled < 10, "it is not read on");
    equal(cancelled, 1);
  });

  check("sends messages by every way to send", async () => {
    const { client, requests } = recording();
    await client.sendToUser("ada", "1", { contentType: TEXT });
    await client.sendToConnection("c", BYTES);
    await client.group("g").sendToAll({ a: 1 });
    equal(
      requests.map(({ contentType, text }) => [contentType, text]),
      [
        [TEXT, "1"],
        [BINARY, new TextDecoder().decode(BYTES)],
        [JSON_TYPE, '{"a":1}'],
      ],
    );
    for (const to of [client.group("g"), client]) await rejects(to.sendToAll(), { code: "InvalidMessage" });
    await rejects(client.sendToUser("ada"), { code: "InvalidMessage" });
    await rejects(client.sendToConnection("c", {}, { contentType: TEXT }), { code: "InvalidMessage" });
    equal(requests.length, 3);
  });
}
