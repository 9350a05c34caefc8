// Responses that no service should send: too large, endless, or with the secrets of the request in them.
import { equal, matches, rejects } from "../assert.js";
import { answer, never } from "../recorder.js";

const MEBIBYTE = 1024 * 1024;

/** A response whose body is this many bytes, in chunks; `read` counts those that were taken. */
const endless = (bytes, read, init) => {
  const chunk = new Uint8Array(65_536).fill(32);
  const body = new ReadableStream(
    {
      pull(controller) {
        read.bytes += chunk.length;
        controller.enqueue(chunk);
        if (read.bytes >= bytes) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, init);
};

/** A small body that is a huge one when it is decompressed. */
const compressed = async (bytes) => {
  const plain = new Blob([new Uint8Array(bytes).fill(32)]).stream();
  return new Response(plain.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
};

export function responses({ pkg, check, recording }) {
  const tooLarge = { name: "RestError", code: "PARSE_ERROR", kind: "Unexpected", message: /larger than/ };
  const list = (client) => client.group("g").listConnections().next();

  check("reads no response further than its limit", async () => {
    for (const [options, limit] of [
      [{}, 4 * MEBIBYTE],
      [{ maxResponseBytes: 100_000 }, 100_000],
    ]) {
      for (const init of [{ status: 200 }, { status: 400 }]) {
        const read = { bytes: 0 };
        const { client } = recording([() => endless(64 * MEBIBYTE, read, init)], options);
        matches((await rejects(list(client), tooLarge)).message, String(limit));
        equal(read.bytes <= limit + 2 * 65_536, true, `${read.bytes} bytes`);
      }
    }
    const read = { bytes: 0 };
    const { client } = recording([() => endless(3 * MEBIBYTE, read, { status: 403 })]);
    await rejects(list(client), { kind: "Forbidden" });
    equal(read.bytes, 3 * MEBIBYTE);
    for (const maxResponseBytes of [0, -1, 1.5, "5", NaN]) {
      await rejects(async () => recording([200], { maxResponseBytes }), { code: "InvalidOption" });
    }
  });

  check("counts the bytes of a compressed response after decompression", async () => {
    if (typeof CompressionStream === "undefined") return;
    const body = await compressed(16 * MEBIBYTE);
    const headers = { "Content-Length": String(body.byteLength), "Content-Encoding": "gzip" };
    // What fetch makes of it: the headers of the compressed body, and the other one.
    const decompressed = () =>
      new Response(new Response(body).body.pipeThrough(new DecompressionStream("gzip")), { headers });
    const { client } = recording([decompressed]);
    await rejects(list(client), tooLarge);
  });

  check("gives up a body that never ends when the call does", async () => {
    let cancelled = false;
    const stuck = () =>
      new Response(
        new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => void (cancelled = true) }),
      );
    const { client } = recording([stuck], { timeoutInMs: 30 });
    await rejects(list(client), { code: "REQUEST_TIMEOUT" });
    equal(cancelled, true);
  });

  check("shows no token that a service or a proxy echoes", async () => {
    const echo = (status, shape) => (request) => {
      const authorization = request.headers.get("authorization");
      return shape(status, authorization);
    };
    const shapes = [
      (status, said) =>
        answer(status, { body: { code: "Echo", message: `bad ${said}`, target: said, inner: { said } } }),
      (status, said) => answer(status, { body: { code: said, message: "no" } }),
      (status, said) => answer(status, { body: `<html>${said}</html>` }),
      (status, said) => answer(status, { body: { title: said } }),
      (status, said) => answer(status, { headers: { "x-ms-error-code": said, "x-echo": said } }),
    ];
    for (const shape of shapes) {
      for (const status of [400, 401, 403, 500]) {
        const lines = [];
        const seen = [];
        const loggingOptions = {
          logger: { info: (...values) => lines.push(values) },
          logBodies: true,
          additionalAllowedHeaderNames: ["authorization", "x-echo"],
        };
        const { client, requests } = recording([echo(status, shape)], { loggingOptions });
        const onResponse = (...values) => seen.push(values);
        const error = await rejects(client.sendToAll("x", { onResponse }), { statusCode: status });
        const { token } = requests[0];
        const { message, code, details, response, stack } = error;
        const shown = JSON.stringify([
          { ...error },
          { message, code, details, stack },
          response.bodyAsText,
          response.headers.toJSON(),
          lines.map(([line, { responseBody, responseHeaders }]) => [line, responseBody, responseHeaders]),
          seen,
        ]);
        equal([requests.length, shown.includes(token)], [1, false], shown);
      }
    }
  });

  check("says how to pass the fetch of a service binding", async () => {
    const fetch = () => {
      throw new TypeError("Illegal invocation: function called with incorrect `this` reference.");
    };
    const client = new pkg.WebPubSubServiceClient("https://contoso.example", { key: "k" }, "chat", { fetch });
    const error = await rejects(client.userExists("u"), { name: "TypeError", code: "InvalidOption" });
    matches(error.message, "(input, init) => env.NAME.fetch(input, init)");
  });

  check("ends a list whose links lead back", async () => {
    const link = (n) => `https://contoso.example/api/hubs/chat/groups/g/connections?continuationToken=${n}`;
    const page = (n) => () => answer(200, { body: { value: [{ connectionId: "c" }], nextLink: link(n) } });
    const count = async (answers) => {
      const { client, requests } = recording(answers);
      let items = 0;
      const ends = (async () => {
        for await (const { connectionId } of client.group("g").listConnections())
          items += connectionId.length;
      })();
      await rejects(ends, { code: "PARSE_ERROR", kind: "Unexpected", message: /listed before/ });
      return [items, requests.length];
    };
    equal(await count([page(1)]), [2, 2]);
    equal(await count([page(1), page(2), page(3), page(1)]), [4, 4]);
  });

  check("keeps to the number of connections, and to the time for all pages", async () => {
    let n = 0;
    const next = () => {
      n += 1;
      const nextLink = `https://contoso.example/api/hubs/chat/groups/g/connections?continuationToken=${n}`;
      return answer(200, {
        body: { value: [1, 2, 3].map((i) => ({ connectionId: `${n}-${i}` })), nextLink },
      });
    };
    const { client, requests } = recording([next]);
    const listed = [];
    for await (const { connectionId } of client.group("g").listConnections({ top: 7 }))
      listed.push(connectionId);
    equal([listed.length, listed.at(-1), requests.length], [7, "3-1", 3]);
    const pages = [];
    for await (const page of client.group("g").listConnections({ top: 3 }).byPage()) pages.push(page.length);
    equal(pages, [3]);
    const slow = recording([async () => (await new Promise((resolve) => setTimeout(resolve, 5)), next())]);
    const all = async () => {
      for await (const { connectionId } of slow.client.group("g").listConnections({ totalTimeoutInMs: 60 })) {
        listed.push(connectionId);
      }
    };
    await rejects(all(), { code: "REQUEST_TIMEOUT", kind: "Timeout" });
    const stuck = recording([never]);
    const list = stuck.client.group("g").listConnections({ totalTimeoutInMs: 20 });
    await rejects(list.next(), { code: "REQUEST_TIMEOUT" });
    for (const totalTimeoutInMs of [0, -1, "5", NaN]) {
      const odd = client.group("g").listConnections({ totalTimeoutInMs });
      await rejects(async () => odd.next(), { code: "InvalidOption" });
    }
  });

  check("follows no link that a URL parser would rewrite", async () => {
    for (const path of [
      "/api/../x",
      "/api/hubs/%2e%2e/x",
      "/api/./x",
      "/api/a\\b",
      "/api/a b",
      "/apix",
      "/API/x",
    ]) {
      const nextLink = `https://contoso.example${path}`;
      const { client, requests } = recording([() => answer(200, { body: { value: [], nextLink } })], {
        reverseProxyEndpoint: "https://proxy.example/prefix",
      });
      await rejects(list(client), { code: "PARSE_ERROR" });
      equal(requests.length, 1, path);
    }
  });
}
