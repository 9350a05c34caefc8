// Whether a service may send its events: it asks before the first, and a handler answers.
import assert from "node:assert/strict";

export const handshake = (check, { guest, tryToConnect, find, seen, post, origin, keys }) => {
  const asked = (hub, method) =>
    find("answer", (record) => record.method === method && record.path.includes(`/${hub}/`));

  check("every service may send events by default", async () => {
    await guest("chat");
    const { status, allowed } = await asked("chat", "OPTIONS");
    assert.deepEqual({ status, allowed }, { status: 200, allowed: "*" });
  });

  check("a service that is among the allowed endpoints may", async () => {
    await guest("listed");
    const { status, allowed } = await asked("listed", "OPTIONS");
    assert.deepEqual({ status, allowed }, { status: 200, allowed: origin });
  });

  check("a service that is not may not, and is told who may", async () => {
    assert.equal((await tryToConnect("foreign")).status, 500);
    const { status, allowed, words } = await asked("foreign", "OPTIONS");
    assert.deepEqual({ status, allowed }, { status: 403, allowed: undefined });
    assert.ok(words.includes(origin) && words.includes("elsewhere.webpubsub.azure.com"), words);
    assert.deepEqual(await seen("answer", ({ hub }) => hub === "foreign"), [], "no event came");
  });

  check("an event from elsewhere is refused, even if it is signed", async () => {
    const send = (from) => post("listed", { key: keys.main, headers: { "WebHook-Request-Origin": from } });
    assert.equal((await send(origin)).status, 200);
    const { status, words } = await send("evil.example");
    assert.equal(status, 403);
    assert.match(words, /evil\.example/);
  });

  check("the GET that the service falls back to is answered", async () => {
    await guest("fallback");
    assert.equal((await asked("fallback", "OPTIONS")).status, 404);
    const { status, allowed } = await asked("fallback", "GET");
    assert.deepEqual({ status, allowed }, { status: 200, allowed: "*" });
  });

  check("a URL may have the event in it, below the handler's path", async () => {
    const client = await guest("elsewhere");
    assert.equal((await client.event("echo", "x")).ack.success, true);
    const paths = await seen("answer", ({ connectionId }) => connectionId === client.id);
    assert.equal(paths[0].path, "/events/of/elsewhere/connect");
    assert.ok(paths.some(({ path }) => path === "/events/of/elsewhere/echo"));
  });
};
