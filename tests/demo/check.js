// Checks a running demo with WebSocket clients, and prints the results: `node tests/demo/check.js URL`. Each run uses a
// new room, so that the demo may be in use. Stops at the first failure.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Guest } from "./guest.js";

const worker = process.argv[2];
assert(worker, "usage: node tests/demo/check.js URL");
const room = `check-${randomUUID().slice(0, 8)}`;
let step = "start";

function passed(result) {
  console.log(`  ok  ${result}`);
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
  passed("the Worker serves the chat page");

  step = "negotiate";
  const ada = await Guest.negotiate(worker, "Ada", room);
  assert.equal(ada.moderator, true);
  assert.match(ada.url, /^ws:\/\/127\.0\.0\.1:\d+\/client\/hubs\/chat\?access_token=/);
  passed("Ada negotiates: she is the first in the room, so she is its moderator");
  for (const name of ["", "\u200D", "Ada\u202E"]) {
    assert.deepEqual(await Guest.refused(worker, name, room), { status: 400, code: "invalid_name" });
  }
  passed("empty and invisible names get 400 invalid_name");

  step = "join";
  await ada.connect();
  await ada.event("join", { room });
  assert.equal((await ada.notice("joined")).person.name, "Ada");
  passed("Ada connects, joins, and is notified");
  const grace = await Guest.negotiate(worker, "Grace", room);
  assert.equal(grace.moderator, false);
  await grace.connect();
  await grace.event("join", { room });
  assert.equal((await ada.notice("joined")).person.userId, grace.userId);
  await grace.notice("joined");
  passed("Grace joins, and both are notified");

  step = "list";
  const here = (await people()).map(({ name, moderator, muted }) => ({ name, moderator, muted }));
  assert.deepEqual(here, [
    { name: "Ada", moderator: true, muted: false },
    { name: "Grace", moderator: false, muted: false },
  ]);
  passed("the list shows Ada, moderator, and Grace");
  for (const name of ["grace", "Gra\u200Cce"]) {
    assert.deepEqual(await Guest.refused(worker, name, room), { status: 409, code: "name_taken" });
  }
  passed("a second Grace gets 409 name_taken, also with a joiner in the name");
  for (const name of ["👩\u200D🚀 Zoë", "می\u200Cرود"]) {
    assert.equal((await Guest.negotiate(worker, name, room)).name, name);
  }
  passed("names with joiners are accepted unchanged");

  step = "send messages";
  assert.equal((await ada.send("Hello, Grace — ça va? 👋")).success, true);
  const heard = await grace.message();
  assert.deepEqual(heard.data, { text: "Hello, Grace — ça va? 👋" });
  assert.equal(heard.fromUserId, ada.userId);
  assert.equal((await grace.send("Good morning, Ada.")).success, true);
  assert.equal((await ada.message()).data.text, "Good morning, Ada.");
  passed("messages arrive, with the user id of their sender");

  step = "refuse";
  await grace.event("mute", { userId: ada.userId });
  assert.equal((await grace.reply("refused")).code, "not_moderator");
  passed("Grace may not mute Ada: not_moderator");

  step = "mute";
  await ada.event("mute", { userId: grace.userId });
  assert.equal((await grace.notice("muted")).by, "Ada");
  await ada.notice("muted");
  const muted = await grace.send("Can you hear me?");
  assert.equal(muted.success, false);
  assert.equal(muted.error.name, "Forbidden");
  assert.equal((await people()).find(({ name }) => name === "Grace").muted, true);
  passed("Ada mutes Grace, whose messages are then refused with Forbidden");
  await ada.event("unmute", { userId: grace.userId });
  await grace.notice("unmuted");
  assert.equal((await grace.send("And now?")).success, true);
  assert.equal((await ada.message()).data.text, "And now?");
  passed("Ada unmutes Grace, whose messages arrive again; those sent while muted never do");

  step = "remove";
  await ada.event("remove", { userId: grace.userId });
  const goodbye = await grace.disconnected();
  assert.equal(goodbye.message, "Removed by Ada.");
  await grace.closed();
  passed(`Ada removes Grace, whose connection closes: ${JSON.stringify(goodbye.message)}`);
  await ada.notice("removed");
  await ada.notice("left");
  assert.deepEqual(
    (await people()).map(({ name }) => name),
    ["Ada"],
  );
  passed("the list shows only Ada");

  step = "leave";
  ada.hangUp();
  await ada.closed();
  assert.equal((await fetch(new URL("nowhere", worker))).status, 404);
  passed("an unknown path gets 404");
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
