// Drives a running demo with real WebSocket clients, and prints what they saw: `node tests/demo/check.js URL`.
// The room is a new one each time, so that it can run against a demo in use. Stops at the first thing that is wrong.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Guest } from "./guest.js";

const worker = process.argv[2];
assert(worker, "usage: node tests/demo/check.js URL");
const room = `check-${randomUUID().slice(0, 8)}`;
let step = "start";

function saw(what) {
  console.log(`  ok  ${what}`);
}

async function people() {
  const response = await fetch(new URL(`rooms/${room}/people`, worker));
  assert.equal(response.status, 200);
  return (await response.json()).people;
}

async function check() {
  step = "serve the page";
  const page = await fetch(worker);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
  saw("the Worker serves the chat page");

  step = "negotiate";
  const ada = await Guest.negotiate(worker, "Ada", room);
  assert.equal(ada.moderator, true);
  assert.match(ada.url, /^ws:\/\/127\.0\.0\.1:\d+\/client\/hubs\/chat\?access_token=/);
  saw("Ada negotiates: she opens the room, so she moderates it");
  const nobody = await fetch(new URL("negotiate", worker), {
    method: "POST",
    body: '{"name":"","room":"x"}',
  });
  assert.equal(nobody.status, 400);
  assert.equal((await nobody.json()).error.code, "invalid_name");
  saw("an empty name gets 400 invalid_name");

  step = "join";
  await ada.connect();
  await ada.event("join", { room });
  assert.equal((await ada.notice("joined")).person.name, "Ada");
  saw("Ada connects, joins and is told so");
  const grace = await Guest.negotiate(worker, "Grace", room);
  assert.equal(grace.moderator, false);
  await grace.connect();
  await grace.event("join", { room });
  assert.equal((await ada.notice("joined")).person.userId, grace.userId);
  await grace.notice("joined");
  saw("Grace joins, and Ada sees her come");

  step = "list";
  const here = (await people()).map(({ name, moderator, muted }) => ({ name, moderator, muted }));
  assert.deepEqual(here, [
    { name: "Ada", moderator: true, muted: false },
    { name: "Grace", moderator: false, muted: false },
  ]);
  saw("the list shows Ada, moderator, and Grace");
  const twin = await Guest.refused(worker, "grace", room);
  assert.deepEqual(twin, { status: 409, code: "name_taken" });
  saw("a second Grace gets 409 name_taken");

  step = "talk";
  assert.equal((await ada.say("Hello, Grace — ça va? 👋")).success, true);
  const heard = await grace.message();
  assert.deepEqual(heard.data, { text: "Hello, Grace — ça va? 👋" });
  assert.equal(heard.fromUserId, ada.userId);
  assert.equal((await grace.say("Good morning, Ada.")).success, true);
  assert.equal((await ada.message()).data.text, "Good morning, Ada.");
  saw("what one says, the other hears, and knows from whom");

  step = "be refused";
  await grace.event("mute", { userId: ada.userId });
  assert.equal((await grace.reply("refused")).code, "not_moderator");
  saw("Grace may not mute Ada: not_moderator");

  step = "mute";
  await ada.event("mute", { userId: grace.userId });
  assert.equal((await grace.notice("muted")).by, "Ada");
  await ada.notice("muted");
  const muted = await grace.say("Can you hear me?");
  assert.equal(muted.success, false);
  assert.equal(muted.error.name, "Forbidden");
  assert.equal((await people()).find(({ name }) => name === "Grace").muted, true);
  saw("Ada mutes Grace: what she says is refused with Forbidden");
  await ada.event("unmute", { userId: grace.userId });
  await grace.notice("unmuted");
  assert.equal((await grace.say("And now?")).success, true);
  assert.equal((await ada.message()).data.text, "And now?");
  saw("unmuted, Grace is heard again, and nothing that she said while muted");

  step = "remove";
  await ada.event("remove", { userId: grace.userId });
  const goodbye = await grace.disconnected();
  assert.equal(goodbye.message, "Removed by Ada.");
  await grace.closed();
  saw(`Ada removes Grace, whose connection closes: ${JSON.stringify(goodbye.message)}`);
  await ada.notice("removed");
  await ada.notice("left");
  assert.deepEqual(
    (await people()).map(({ name }) => name),
    ["Ada"],
  );
  saw("the list shows Ada alone");

  step = "leave";
  ada.hangUp();
  await ada.closed();
  assert.equal((await fetch(new URL("nowhere", worker))).status, 404);
  saw("an unknown address gets 404");
}

try {
  await check();
  console.log("The chat works.");
} catch (error) {
  console.log(`  FAILED to ${step}: ${error.message}`);
  process.exitCode = 1;
} finally {
  Guest.hangUpAll();
}
