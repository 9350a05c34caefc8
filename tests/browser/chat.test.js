// The chat page in a real browser, against a running demo: several people in one room, as they see it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newRoom, startBrowser } from "./browser.js";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

/** Ada, who opened the room and so moderates it, and Grace. */
async function adaAndGrace() {
  const room = newRoom();
  const ada = await browser.open(room);
  await ada.enter("Ada");
  const grace = await browser.open(room);
  await grace.enter("Grace");
  await ada.person("Grace").waitFor();
  return { room, ada, grace };
}

async function names(visitor) {
  return (await visitor.people.locator(".person-name > :first-child").allTextContents()).sort();
}

test("what one says, the other reads, as text", async () => {
  const { ada, grace } = await adaAndGrace();
  const said = '<img src=x onerror="document.title=1"> & good morning';
  await ada.say(said);
  await grace.reads(said);
  await ada.reads(said);
  await ada.page.locator('.own[data-state="sent"]').waitFor();
  assert.equal(
    await grace.log.locator(".own").count(),
    0,
    "only the sender's own messages are marked as such",
  );
  assert.equal(await grace.log.locator("img").count(), 0, "nothing that is said becomes markup");
  await grace.say("Good morning, Ada.");
  await ada.reads("Good morning, Ada.");
  assert.deepEqual([...ada.faults, ...grace.faults], []);
});

test("who is here follows who comes and goes", async () => {
  const { room, ada, grace } = await adaAndGrace();
  assert.deepEqual(await names(ada), ["Ada", "Grace"]);
  assert.deepEqual(await names(grace), ["Ada", "Grace"], "the one who came later sees who was there");

  const lin = await browser.open(room);
  await lin.enter("Lin");
  await ada.reads("Lin joined.");
  await ada.page.getByRole("heading", { name: "3 people are here" }).waitFor();

  await grace.button("Leave").click();
  await ada.reads("Grace left.");
  await lin.page.close();
  await ada.reads("Lin left.");
  await ada.page.getByRole("heading", { name: "Only you are here" }).waitFor();
  assert.deepEqual(await names(ada), ["Ada"]);
});

test("only the one who opened the room can mute and remove", async () => {
  const { ada, grace } = await adaAndGrace();
  await ada.person("Ada").getByText("moderator").waitFor();
  await ada.button("Mute Grace").waitFor();
  assert.equal(await grace.button(/^(Mute|Remove)/).count(), 0);
  // What the page does not offer, the Worker refuses.
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

test("who is muted is told so, by the page and by the service, until unmuted", async () => {
  const { ada, grace } = await adaAndGrace();
  await ada.button("Mute Grace").click();
  await grace.page.getByRole("alert").getByText("Ada muted you.").waitFor();
  await ada.person("Grace").getByText("muted", { exact: true }).waitFor();

  await grace.say("Can you hear me?");
  await grace.page.getByText("Not delivered: you are muted in this room.").waitFor();

  await ada.button("Unmute Grace").click();
  await grace.reads("Ada unmuted you.");
  await grace.page.getByRole("alert").getByText("Ada muted you.").waitFor({ state: "hidden" });
  await grace.button("Send again").click();
  await ada.reads("Can you hear me?");
  assert.equal(await ada.log.getByText("Can you hear me?").count(), 1, "what was muted was never delivered");
});

test("who is removed sees by whom, and does not come back by itself", async () => {
  const { room, ada, grace } = await adaAndGrace();
  await ada.button("Remove Grace").click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();

  await grace.page.getByRole("alert").getByText("Ada removed you from this room.").waitFor();
  await grace.status("Disconnected: Removed by Ada");
  assert.equal(await grace.message.isVisible(), false);
  assert.equal(await grace.button("Try now").isVisible(), false);
  await ada.reads("You removed Grace.");

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
  const { ada, grace } = await adaAndGrace();
  await ada.page.reload();
  await ada.status("Connected");
  await ada.button("Mute Grace").waitFor();
  await grace.say("Welcome back");
  await ada.reads("Welcome back");
});

test("a broken connection is told and repaired", async () => {
  const { room, ada } = await adaAndGrace();
  const lin = await browser.open(room);
  const breakConnection = await lin.breakable();
  await lin.enter("Lin");
  await lin.page.clock.pauseAt(Date.now() + 60_000);

  await breakConnection();
  await lin.status(/Reconnecting in \d+ s/);
  await ada.reads("Lin left.");
  await lin.say("Does anybody hear me?");
  await lin.page.getByText("Not sent: you are not connected.").waitFor();
  await lin.page.clock.runFor(5_000);
  await lin.status("Connected");
  await lin.reads("You are back. What was said meanwhile is not shown.");
  await lin.button("Send again").click();
  await ada.reads("Does anybody hear me?");

  await breakConnection();
  await lin.status(/Reconnecting in \d+ s/);
  await lin.button("Try now").click();
  await lin.status("Connected");
  assert.deepEqual(await names(ada), ["Ada", "Grace", "Lin"]);
});

test("names are checked, in words, where they are typed", async () => {
  const { room, ada } = await adaAndGrace();
  const other = await browser.open(room);
  const name = other.page.getByLabel("Your name");
  await other.button("Enter the room").click();
  await other.page.getByRole("alert").getByText("Choose a name of 1 to 32 letters").waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");

  await name.fill("ada");
  await other.button("Enter the room").click();
  await other.page.getByRole("alert").getByText("Somebody called ada is in this room").waitFor();
  assert.deepEqual(await names(ada), ["Ada", "Grace"]);

  await name.fill("Lin");
  await other.page.getByLabel("Room", { exact: true }).fill("-no/room-");
  await other.button("Enter the room").click();
  await other.page.getByRole("alert").getByText("A room's name has 1 to 40 characters").waitFor();
});

test("everything can be done with the keyboard", async () => {
  const { room, ada } = await adaAndGrace();
  const lin = await browser.open(room);
  const { keyboard } = lin.page;
  const focused = () => lin.page.evaluate(() => document.activeElement?.id);

  // The name has the focus from the start, the message once inside.
  await keyboard.type("Lin");
  await keyboard.press("Enter");
  await lin.status("Connected");
  await keyboard.type("One line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("and another");
  await keyboard.press("Enter");
  await ada.reads("One line\nand another");
  assert.equal(await focused(), "text", "the focus stays for the next message");

  // Ada mutes Lin and changes her mind about removing her.
  await ada.button("Mute Lin").focus();
  await ada.page.keyboard.press("Space");
  await lin.page.getByRole("alert").getByText("Ada muted you.").waitFor();
  await ada.button("Unmute Lin").waitFor();
  assert.equal(await ada.page.evaluate(() => document.activeElement?.ariaLabel), "Unmute Lin");
  await ada.page.keyboard.press("Tab");
  await ada.page.keyboard.press("Enter");
  await ada.page.getByRole("dialog").waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await ada.page.evaluate(() => document.activeElement?.ariaLabel), "Remove Lin");
  await ada.person("Lin").waitFor();
});

test("it fits on a phone", async () => {
  const { room, ada } = await adaAndGrace();
  const phone = await browser.open(room, {
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  });
  const overflow = () => phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await overflow(), 0);
  await phone.enter("Lin");
  await ada.say("an-address-without-a-break/".repeat(12));
  await phone.reads("an-address-without-a-break/".repeat(12));
  assert.equal(await overflow(), 0);

  assert.equal(await phone.person("Grace").isVisible(), false, "the list comes when asked for");
  await phone.button(/in this room/).tap();
  await phone.person("Grace").waitFor();
  assert.equal(await overflow(), 0);
  await phone.page.keyboard.press("Escape");
  await phone.person("Grace").waitFor({ state: "hidden" });
});
