// Several people in one room, against a running demo: what each of them sees.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { newRoom, startBrowser } from "./browser.js";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
afterEach(() => browser.closePages());

test("a message reaches the others, as text", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  const sent = '<img src=x onerror="document.title=1"> & good morning';
  await ada.send(sent);
  await grace.reads(sent);
  await ada.reads(sent);
  await ada.page.locator('.own[data-state="sent"]').waitFor();
  assert.equal(
    await grace.log.locator(".own").count(),
    0,
    "messages of others are not shown as the reader's",
  );
  assert.equal(await grace.log.locator("img").count(), 0, "no message becomes markup");
  await grace.send("Good morning, Ada.");
  await ada.reads("Good morning, Ada.");
});

test("http and https addresses in messages are links, and nothing else is", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  const links = [
    "https://example.com/a?b=1&c=%22",
    "http://127.0.0.1:8080/#part",
    "https://en.wikipedia.org/wiki/Ada_(name)",
    "https://example.com/é",
  ];
  await ada.send(
    `Look: ${links[0]}, ${links[1]}. (${links[2]}) "${links[3]}"! javascript:alert(1) data:text/html,x ` +
      'https://bank.example@evil.example ftp://example.com https:// https://"onclick="alert(1)',
  );
  const found = grace.log.getByRole("link");
  await found.first().waitFor();
  assert.deepEqual(await found.allTextContents(), links);
  for (const link of await found.all()) {
    assert.equal(await link.getAttribute("href"), await link.textContent());
    assert.equal(await link.getAttribute("target"), "_blank");
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  }

  const opened = grace.page.context().waitForEvent("page");
  await grace.page
    .context()
    .route("http://127.0.0.1:8080/**", (route) => route.fulfill({ body: "elsewhere" }));
  await found.nth(1).focus();
  await grace.page.keyboard.press("Enter");
  const elsewhere = await opened;
  await elsewhere.getByText("elsewhere").waitFor();
  assert.equal(await elsewhere.evaluate(() => globalThis.opener ?? document.referrer), "");
  await grace.status("Connected");
});

test("the list of people follows who joins and leaves", async () => {
  const { room, ada, grace } = await browser.adaAndGrace();
  assert.deepEqual(await ada.names(), ["Ada", "Grace"]);
  assert.deepEqual(await grace.names(), ["Ada", "Grace"], "it includes those who were there before");

  const lin = await browser.open(room);
  await lin.join("Lin");
  await ada.reads("Lin joined.");
  await ada.heading.getByText("3 people are here").waitFor();

  await grace.button("Leave").click();
  await ada.reads("Grace left.");
  await lin.page.close();
  await ada.reads("Lin left.");
  await ada.heading.getByText("Only you are here").waitFor();
  assert.deepEqual(await ada.names(), ["Ada"]);
});

test("only the moderator can mute and remove", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  await ada.person("Ada").getByText("moderator").waitFor();
  await ada.button("Mute Grace").waitFor();
  assert.equal(await grace.page.getByRole("button", { name: /^(Mute|Remove)/ }).count(), 0);
  // The Worker refuses what the page does not offer.
  const refused = await grace.page.evaluate(async () => {
    const { url, userId } = JSON.parse(sessionStorage.getItem("edge-chat.session"));
    const room = new URLSearchParams(location.search).get("room");
    const { people } = await (await fetch(`/rooms/${room}/people`)).json();
    const target = people.find((person) => person.userId !== userId).userId;
    const socket = new WebSocket(url, "json.webpubsub.azure.v1");
    const send = (event, data) =>
      socket.send(
        JSON.stringify({ type: "event", event, ackId: 1 + (event !== "join"), dataType: "json", data }),
      );
    return new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.event === "connected") send("join", { room });
        if (message.type === "ack" && message.ackId === 1) send("remove", { userId: target });
        if (message.data?.type === "refused") resolve(message.data.code);
      };
    });
  });
  assert.equal(refused, "not_moderator");
});

test("the page and the service tell a muted person so, until a moderator unmutes them", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  await ada.button("Mute Grace").click();
  await grace.alert.getByText("Ada muted you.").waitFor();
  await ada.person("Grace").getByText("muted", { exact: true }).waitFor();

  await grace.send("Can you hear me?");
  await grace.page.getByText("Not delivered: you are muted in this room.").waitFor();

  await ada.button("Unmute Grace").click();
  await grace.reads("Ada unmuted you.");
  await grace.alert.getByText("Ada muted you.").waitFor({ state: "hidden" });
  await grace.button("Send again").click();
  await ada.reads("Can you hear me?");
  assert.equal(
    await ada.log.getByText("Can you hear me?").count(),
    1,
    "the muted message was never delivered",
  );
});

test("a removed person sees who did it, is in no list, and does not reconnect", async () => {
  const { room, ada, grace } = await browser.adaAndGrace();
  await ada.button("Remove Grace").click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();

  await grace.alert.getByText("Ada removed you from this room.").waitFor();
  await grace.status("Disconnected: Removed by Ada");
  assert.equal(await grace.heading.textContent(), "You are not in this room");
  assert.deepEqual(await grace.names(), [], "nobody stands below a heading that does not count them");
  assert.equal(await grace.message.isVisible(), false);
  assert.equal(await grace.button("Try now").isVisible(), false);
  await ada.reads("You removed Grace.");
  assert.equal(await ada.heading.textContent(), "Only you are here");
  assert.deepEqual(await ada.names(), ["Ada"]);

  // A reload asks for a name again; the Worker still knows who is in the room.
  await grace.page.reload();
  await grace.page.getByLabel("Your name").waitFor();
  const { people } = await (await fetch(new URL(`/rooms/${room}/people`, process.env.DEMO_URL))).json();
  assert.deepEqual(
    people.map((person) => person.name),
    ["Ada"],
  );
});

test("a reload brings the same person back, with their rights", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  await ada.page.reload();
  await ada.status("Connected");
  await ada.button("Mute Grace").waitFor();
  await grace.send("Welcome back");
  await ada.reads("Welcome back");
});

test("names with joiners are accepted and shown whole", async () => {
  const [astronaut, goes] = ["👩\u200D🚀", "می\u200Cرود"];
  const room = newRoom();
  const zoe = await browser.open(room);
  await zoe.join(`${astronaut} Zoë`);
  assert.equal(await zoe.people.locator(".avatar").textContent(), astronaut);
  const persian = await browser.open(room);
  await persian.join(goes);
  await zoe.reads(`${goes} joined.`);
  await zoe.button(`Mute ${goes}`).waitFor();
  await persian.send("سلام");
  await zoe.log.locator(".meta bdi", { hasText: goes }).waitFor();
  assert.deepEqual(await zoe.names(), [goes, `${astronaut} Zoë`].sort());
  assert.deepEqual(await persian.names(), await zoe.names());

  // Invisible characters make no name, and no other name.
  const other = await browser.open(room);
  for (const [name, error] of [
    ["👩🚀 Z\u200Coë", "The name 👩🚀 Z\u200Coë is taken in this room."],
    ["\u200D\u200C", "Choose a name of 1 to 32 visible characters."],
    ["Ada\u202E", "Choose a name of 1 to 32 visible characters."],
    ["Ada\u3164", "Choose a name of 1 to 32 visible characters."],
  ]) {
    await other.page.getByLabel("Your name").fill(name);
    await other.button("Join").click();
    await other.alert.getByText(error).waitFor();
  }
});

test("a wrong name or room is reported at its input", async () => {
  const { room, ada } = await browser.adaAndGrace();
  const other = await browser.open(room);
  const name = other.page.getByLabel("Your name");
  await other.button("Join").click();
  await other.alert.getByText("Choose a name of 1 to 32 visible characters.").waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");

  await name.fill("ada");
  await other.button("Join").click();
  await other.alert.getByText("The name ada is taken in this room.").waitFor();
  assert.deepEqual(await ada.names(), ["Ada", "Grace"]);

  await name.fill("Lin");
  await other.page.getByLabel("Room", { exact: true }).fill("-no/room-");
  await other.button("Join").click();
  await other.alert.getByText("A room's name has 1 to 40 characters").waitFor();
});
