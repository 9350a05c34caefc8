// Has one program serve: `node tests/emulator-package/program.js PROGRAM [RUNNER]`. A RUNNER, such as qemu-aarch64, runs
// programs of other platforms. Fails when a request, a client or an event gets lost.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import WebSocket from "ws";
import { start } from "../../emulator/npm/dist/index.js";
import { listening } from "../listener.js";

const [program, runner] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "webpubsub-emulator-"));

/** `start()` takes a program without arguments. */
const runnable = async () => {
  if (!runner) return program;
  const script = join(folder, "run");
  await writeFile(script, `#!/bin/sh\nexec ${runner} '${program}' "$@"\n`, { mode: 0o755 });
  return script;
};

const events = [];
const handler = createServer((request, response) => {
  if (request.method === "OPTIONS") response.setHeader("WebHook-Allowed-Origin", "*");
  else events.push(request.headers["ce-type"]);
  request.resume().on("end", () => response.end());
});
await new Promise((resolve) => handler.listen(0, "127.0.0.1", resolve));

try {
  const service = await start({
    binary: await runnable(),
    accessKeys: ["one", "two"],
    handlers: { chat: `http://127.0.0.1:${handler.address().port}/{event}` },
    startTimeoutInMs: 60_000,
  });
  try {
    assert.match(
      service.connectionString,
      /^Endpoint=http:\/\/127\.0\.0\.1:\d+;AccessKey=one;Version=1\.0;$/,
    );
    const client = new WebPubSubServiceClient(service.connectionString, "chat", {
      allowInsecureConnection: true,
    });
    const { url } = await client.getClientAccessToken({ userId: "ada" });
    await listening(url, async (next) => {
      await client.sendToUser("ada", "hello", { contentType: "text/plain" });
      assert.equal(await next(), "hello");
    });
    assert.deepEqual(events.slice(0, 1), ["azure.webpubsub.sys.connect"]);
    const closed = new Promise((resolve) => {
      const socket = new WebSocket(url).on("close", (code) => resolve(code));
      socket.on("open", () => service.stop());
    });
    assert.equal(await closed, 1001);
  } finally {
    await service.stop();
  }
} finally {
  handler.close();
  await rm(folder, { recursive: true });
}
