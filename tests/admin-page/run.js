// The page of the emulator's admin port in a real browser: node run.js --emulator PROGRAM [--screenshots FOLDER].

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { parseArgs } from "node:util";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import WebSocket from "ws";
import { startChromium } from "../chromium.js";
import { overflow, violations } from "../page-checks.js";

const text = { type: "string" };
const { emulator: program, screenshots } = parseArgs({
  options: { emulator: text, screenshots: text },
}).values;
if (!program) throw new Error("Give --emulator PROGRAM");

const HOSTILE = `<img src=x onerror="document.title='hacked'">`;

let browser, emulator, handler, service, admin;
/** What went wrong on the pages: uncaught errors, and what the security policy forbade. */
let faults, sockets, page;

before(async () => {
  handler = createServer((request, response) => {
    response.setHeader("WebHook-Allowed-Origin", "*");
    response.statusCode = request.headers["ce-eventname"] === "refused" ? 400 : 200;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(handler, "listening");
  const eventHandler = `chat=http://127.0.0.1:${handler.address().port}/{event}?code=secret-code`;
  const options = ["--port", "0", "--admin-port", "0", "--event-handler", eventHandler, "--log", "warn"];
  emulator = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: emulator.stdout })[Symbol.asyncIterator]();
  const connectionString = (await lines.next()).value;
  admin = (await lines.next()).value.replace(/^Admin=/, "");
  service = new WebPubSubServiceClient(connectionString, "chat", { allowInsecureConnection: true });
  browser = await startChromium();
});

after(async () => {
  await browser?.close();
  handler?.close();
  if (emulator?.exitCode !== null) return;
  emulator.kill();
  await once(emulator, "close");
});

beforeEach(async () => {
  await fetch(`${admin}/api/reset`, { method: "POST" });
  [faults, sockets] = [[], []];
  page = await open();
});

afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await page.context().close();
  assert.deepEqual(faults, []);
});

/** A page of its own. */
async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML/i.test(message.text())) faults.push(message.text());
  });
  await page.goto(admin);
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  return page;
}

/** A client of the hub `chat`, connected. */
async function connect(options = {}, subprotocol = "json.webpubsub.azure.v1") {
  const { url } = await service.getClientAccessToken(options);
  const socket = new WebSocket(url, subprotocol);
  sockets.push(socket);
  const [connected] = await once(socket, "message");
  socket.connectionId = JSON.parse(connected).connectionId;
  return socket;
}

const region = (name) => page.getByRole("region", { name, exact: true });
const records = () => region("Traffic").getByRole("listitem");
const record = (text) => records().filter({ hasText: text });
const list = (id) => page.locator(`#${id} > li`);
const connection = (user) => list("connections").locator("summary").filter({ hasText: user });

test("hubs, connections, groups, users and permissions are shown, and follow what changes", async () => {
  const roles = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup.room", "webpubsub.joinLeaveGroups.a.*"];
  const ann = await connect({ userId: "ann", groups: ["room"], roles });
  await connection("ann").click();
  const details = list("connections").filter({ hasText: "ann" });
  for (const text of [ann.connectionId, "json.webpubsub.azure.v1", "all groups", "“room”, like a.*"])
    await details.getByText(text, { exact: true }).waitFor();
  await service.revokePermission(ann.connectionId, "sendToGroup", { targetName: "secret" });
  // The details stay open as they change.
  await details.getByText("all groups; but not “secret”").waitFor();

  await connect({ userId: "bob", groups: ["room", "hall"] });
  await list("groups").filter({ hasText: "room 2" }).waitFor();
  await list("users").filter({ hasText: "bob 1" }).waitFor();
  ann.close();
  await details.waitFor({ state: "hidden" });
  await list("groups").filter({ hasText: "room 1" }).waitFor();
});

test("REST calls, frames and events appear as they pass, with their bodies", async () => {
  const ann = await connect({ userId: "ann" });
  await service.sendToUser("ann", { greeting: "good morning" });
  ann.send(JSON.stringify({ type: "event", event: "refused", dataType: "text", data: "please" }));
  await record("to client").filter({ hasText: "good morning" }).waitFor();
  await record("from client").filter({ hasText: "please" }).waitFor();
  const refused = record("user.refused");
  await refused.getByText("The event handler returned 400.").waitFor();

  const call = record("POST /api/hubs/chat/users/ann/:send");
  await call.getByText("202").click();
  await call.getByText('"greeting": "good morning"').waitFor();
  await call.getByText("authorization: Bearer ***").waitFor();
  await refused.getByText("event", { exact: true }).click();
  await refused.getByText("code=***").waitFor();
  const shown = await page.locator("body").innerText();
  assert.doesNotMatch(shown, /eyJ|secret-code|sha256=/);
});

test("names and messages are text, whatever they contain", async () => {
  const ann = await connect({ userId: HOSTILE, groups: [HOSTILE] });
  await service.group(HOSTILE).sendToAll(HOSTILE, { contentType: "text/plain" });
  ann.send(JSON.stringify({ type: "event", event: "refused", dataType: "text", data: HOSTILE }));
  await record("user.refused").waitFor();
  await list("groups").filter({ hasText: HOSTILE }).waitFor();
  await list("users").filter({ hasText: HOSTILE }).waitFor();
  await connection(HOSTILE).click();
  for (const title of await records().locator("summary").all()) await title.click();
  await record(HOSTILE).first().waitFor();
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.title(), "Web PubSub emulator");
});

test("traffic is filtered, paused and cleared", async () => {
  const ann = await connect({ userId: "ann" });
  const bob = await connect({ userId: "bob" });
  await service.sendToAll("for both", { contentType: "text/plain" });
  await record("to client").filter({ hasText: "for both" }).nth(1).waitFor();

  await page.getByLabel("User", { exact: true }).fill("ann");
  await record("bob").first().waitFor({ state: "detached" });
  await record("for both").waitFor();
  await page.getByLabel("User", { exact: true }).fill("");
  for (const kind of ["REST calls", "handshakes", "events", "disconnects"])
    await page.getByLabel(kind, { exact: true }).uncheck();
  await page.getByLabel("Contains").fill("FOR BOTH");
  await page.getByText("2 shown").waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await service.sendToAll("for both, later", { contentType: "text/plain" });
  await page.getByText("2 shown, newest first, 2 new").waitFor();
  assert.equal(await records().count(), 2);
  await page.getByRole("button", { name: "Pause", pressed: true }).click();
  await record("for both, later").nth(1).waitFor();

  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByText("Nothing to show.").waitFor();
  await page.getByLabel("Contains").fill("");
  await connection("ann").click();
  await page.getByRole("button", { name: `Show traffic of ${ann.connectionId}` }).click();
  await record("ann").first().waitFor();
  assert.equal(await record("bob").count(), 0);
  assert.notEqual(bob.connectionId, ann.connectionId);
});

test("a message is sent from the page, and a connection dropped", async () => {
  const ann = await connect({ userId: "ann", groups: ["room"] });
  const send = region("Send");
  await send.getByLabel("To", { exact: true }).selectOption("group");
  await send.getByLabel("Name or id").fill("room");
  await send.getByLabel("Message").fill("hello");
  await send.getByRole("button", { name: "Send" }).click();
  await send.getByText("Sent to 1 connection.").waitFor();
  await record("to client").filter({ hasText: "hello" }).waitFor();

  await send.getByLabel("Type").selectOption("json");
  await send.getByRole("button", { name: "Send" }).click();
  await send.getByText("No valid JSON").waitFor();
  await send.getByLabel("To", { exact: true }).selectOption("group");
  await send.getByLabel("Name or id").fill(" ");
  await send.getByLabel("Type").selectOption("text");
  await send.getByRole("button", { name: "Send" }).click();
  await send.getByText("Invalid group name").waitFor();

  await connection("ann").click();
  const closed = once(ann, "close");
  await page.getByRole("button", { name: `Drop ${ann.connectionId}` }).click();
  assert.equal((await closed)[0], 1006);
  await record("without a reason").waitFor();
});

test("a reliable client that loses its socket is told apart from one that is gone", async () => {
  const ann = await connect({ userId: "ann" }, "json.reliable.webpubsub.azure.v1");
  ann.terminate();
  await record("socket lost").filter({ hasText: "the client may come back" }).waitFor();
  await connection("ann").waitFor();
  // It runs out of time, and leaves.
  const advance = () =>
    fetch(`${admin}/api/clock/advance`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"byMs":31000}',
    });
  await advance();
  // The event `sys.disconnected` may have a record by then, too.
  await record("disconnect").filter({ hasText: "without a reason" }).waitFor();
  await connection("ann").waitFor({ state: "detached" });
  await page.getByLabel("disconnects", { exact: true }).uncheck();
  await record("socket lost").waitFor({ state: "detached" });
});

test("everything can be reached and done with the keyboard", async () => {
  await connect({ userId: "ann" });
  await connection("ann").waitFor();
  await record("sys.connected").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  const { keyboard } = page;
  await page.locator("#hub").focus();
  await keyboard.press("Shift+Tab");
  assert.equal(
    await page.evaluate(() => document.activeElement === document.body),
    true,
    "the hub comes first",
  );
  await keyboard.press("Tab");
  const seen = [];
  for (let stop = 0; stop < 60; stop++) {
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      const style = getComputedStyle(element);
      return {
        name: element.id || element.textContent,
        outline: style.outlineStyle,
        width: style.outlineWidth,
      };
    });
    // At the end it starts over.
    if (focused.name === seen[0]) break;
    assert.notEqual(focused.outline, "none", `the focus on ${focused.name} is visible`);
    assert.equal(focused.width, "3px");
    seen.push(focused.name);
    await keyboard.press("Tab");
  }
  const order = [
    "hub",
    "to",
    "type",
    "data",
    "send-button",
    "text",
    "user",
    "connection",
    "this-hub",
    "pause",
    "clear",
  ];
  assert.deepEqual(
    seen.filter((name) => order.includes(name)),
    order,
    "in the order in which they are seen",
  );
  const first = records().first();
  await first.locator("summary").focus();
  await keyboard.press("Enter");
  await first.getByRole("heading", { name: "Facts" }).waitFor();
  await page.getByLabel("Message").focus();
  await keyboard.type("by hand");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await page.getByText("Sent to 1 connection.").waitFor();
});

test("it goes on when traffic is dense, and says when the emulator is gone", async () => {
  const flood = await connect({
    userId: "flood",
    roles: ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"],
  });
  const send = JSON.stringify({ type: "sendToGroup", group: "g", dataType: "text", data: "x".repeat(500) });
  for (let count = 0; count < 3_000; count++) flood.send(send);
  flood.send(JSON.stringify({ type: "sendToGroup", group: "g", dataType: "text", data: "the last one" }));
  await record("the last one").waitFor();
  assert.equal(await records().count(), 500, "the page keeps the latest");
  await page.route("**/api/traffic/stream*", (route) => route.abort());
  await page.getByLabel("Contains").fill("x");
  await page.getByText("The emulator does not respond.").waitFor();
});

test("the JavaScript in docs/admin.md works", async () => {
  const docs = await readFile(new URL("../../emulator/docs/admin.md", import.meta.url), "utf8");
  const code = docs.match(/```js\n(.*?)```/s)[1];
  process.env.ADMIN = admin;
  const refused = code.replace(/^\/\/ ….*$/m, "await connect();");
  assert.notEqual(refused, code);
  globalThis.connect = connect;
  const run = `const connect = globalThis.connect; ${refused}; globalThis.struck = struck;`;
  await import(`data:text/javascript,${encodeURIComponent(run)}`);
  assert.equal(globalThis.struck.length, 2);
});

for (const [name, options] of [
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
  ["phone", { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true }],
  [
    "phone, dark",
    { colorScheme: "dark", viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true },
  ],
]) {
  test(`axe-core finds nothing, and nothing overflows: ${name}`, async () => {
    await page.context().close();
    page = await open(options);
    const check = async (state) => {
      assert.deepEqual(await violations(page), [], state);
      assert.equal(await overflow(page), 0, state);
      if (!screenshots) return;
      const path = join(screenshots, `${name}, ${state}.png`);
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path, fullPage: true });
    };
    await check("empty");
    const ann = await connect({
      userId: "ann@example.com",
      groups: ["room", "a-name-without-a-break/".repeat(12)],
    });
    await connect({ groups: [HOSTILE], roles: ["webpubsub.sendToGroup"] });
    await service.sendToAll({ greeting: "good morning", to: ["everyone", "who is here"] });
    await service.sendToUser("ann@example.com", "a-word-without-a-break/".repeat(40), {
      contentType: "text/plain",
    });
    ann.send(JSON.stringify({ type: "event", event: "refused", dataType: "text", data: "please" }));
    await record("user.refused").waitFor();
    await service.closeConnection(ann.connectionId, { reason: "to see it" });
    await connect({ userId: "ann@example.com", groups: ["room"] });
    await connection("ann@example.com").click();
    await check("full");
    await record("POST /api/hubs/chat/:send").locator("summary").click();
    await record("user.refused").locator("summary").click();
    await page.getByLabel("To", { exact: true }).selectOption("user");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Sent to").waitFor();
    await page.getByRole("button", { name: "Pause" }).focus();
    await check("open");
  });
}
