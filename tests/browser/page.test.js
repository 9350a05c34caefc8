// The page itself, against a running demo: keyboard, sizes, colour schemes, writing directions and accessibility. With
// SCREENSHOTS set to a folder, each state that is checked is also saved there.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { overflow, violations } from "../page-checks.js";
import { newRoom, startBrowser } from "./browser.js";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const LONG_WORD = "https://example.com/" + "a-path-without-a-break/".repeat(12);

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
afterEach(() => browser.closePages());

test("everything can be done with the keyboard", async () => {
  const { room, ada } = await browser.adaAndGrace();
  const lin = await browser.open(room);
  const { keyboard } = lin.page;
  const focused = () => lin.page.evaluate(() => document.activeElement?.id);

  // The name has the focus at the start, the message after joining.
  await keyboard.type("Lin");
  await keyboard.press("Enter");
  await lin.status("Connected");
  await keyboard.type("One line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("and another");
  await keyboard.press("Enter");
  await ada.reads("One line\nand another");
  assert.equal(await focused(), "text", "the focus stays for the next message");

  // Ada mutes Lin, and cancels her removal.
  const label = () => ada.page.evaluate(() => document.activeElement?.ariaLabel);
  await ada.button("Mute Lin").focus();
  await ada.page.keyboard.press("Space");
  await lin.alert.getByText("Ada muted you.").waitFor();
  await ada.button("Unmute Lin").waitFor();
  assert.equal(await label(), "Unmute Lin");
  await ada.page.keyboard.press("Tab");
  await ada.page.keyboard.press("Enter");
  await ada.page.getByRole("dialog").waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await label(), "Remove Lin");
  await ada.person("Lin").waitFor();
});

test("the focus is visible at every stop", async () => {
  const { ada, grace } = await browser.adaAndGrace();
  await grace.send("https://example.com");
  await ada.log.getByRole("link").waitFor();
  await ada.button("Leave").focus();
  await ada.page.keyboard.press("Tab");
  const stops = [];
  for (let stop = 0; stop < 20; stop++) {
    const focused = await ada.page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const name = element.ariaLabel ?? (element.id || element.textContent);
      return { name, visible: outlineStyle !== "none" && outlineWidth === "2px" };
    });
    if (!focused || focused.name === stops[0]) break;
    assert(focused.visible, focused.name);
    stops.push(focused.name);
    await ada.page.keyboard.press("Tab");
  }
  const expected = ["Messages", "https://example.com", "text", "Send", "Mute Grace", "Remove Grace"];
  assert.deepEqual(
    stops.filter((name) => expected.includes(name)),
    expected,
  );
});

test("on a phone, the list of people opens over the messages", async () => {
  const { room, ada } = await browser.adaAndGrace();
  const phone = await browser.open(room, PHONE);
  assert.equal(await overflow(phone.page), 0);
  await phone.join("Lin");
  await ada.send(LONG_WORD);
  await phone.log.getByRole("link", { name: LONG_WORD }).waitFor();
  assert.equal(await overflow(phone.page), 0);

  const toggle = phone.page.getByRole("button", { name: /in this room$/ });
  const open = async () => {
    assert.equal(await phone.person("Grace").isVisible(), false);
    await toggle.tap();
    await phone.person("Grace").waitFor();
  };
  const closed = () => phone.person("Grace").waitFor({ state: "hidden" });
  await open();
  assert.equal(await overflow(phone.page), 0);
  await phone.page.keyboard.press("Escape");
  await closed();
  assert.equal(await toggle.evaluate((button) => button === document.activeElement), true);
  // It does not stay over what has the focus.
  await open();
  await phone.page.keyboard.press("Shift+Tab");
  await closed();
  assert.equal(await phone.page.evaluate(() => document.activeElement?.ariaLabel), "Send");
});

for (const [name, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`the header does not move when the status changes: ${name}`, async () => {
    const room = `${newRoom()}-with-a-long-name`;
    const ada = await browser.open(room);
    await ada.join("A name which is rather long too");
    const lin = await browser.open(room, options);
    await lin.page.clock.install();
    const connection = await lin.controlConnection();
    await lin.join("Lin");
    await lin.page.clock.pauseAt(Date.now() + 60_000);
    await ada.person("Lin").waitFor();

    const places = async () => ({
      header: await lin.page.getByRole("banner").boundingBox(),
      room: await lin.page.locator(".room").boundingBox(),
      actions: await lin.page.locator(".actions").boundingBox(),
      log: (await lin.log.boundingBox()).y,
    });
    const connected = await places();
    await connection.break();
    await lin.status(/Reconnecting in \d+ s/);
    assert.deepEqual(await places(), connected, "waiting");
    await lin.button("Try now").click();
    await lin.status("Connected");
    assert.deepEqual(await places(), connected, "connected again");
    await ada.button("Remove Lin").click();
    await ada.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await lin.status("Disconnected: Removed by A name which is rather long too");
    assert.deepEqual(await places(), connected, "removed");
    assert.equal(await overflow(lin.page), 0);
  });
}

test("each message and name has the direction of its own text", async () => {
  const { room, ada, grace } = await browser.adaAndGrace();
  const dana = await browser.open(room);
  await dana.join("דנה");
  const direction = (locator) => locator.evaluate((element) => getComputedStyle(element).direction);
  await dana.send("שלום Ada!");
  await grace.send("Hello דנה!");
  await ada.reads("Hello דנה!");
  assert.equal(await direction(ada.log.getByText("שלום Ada!")), "rtl");
  assert.equal(await direction(ada.log.getByText("Hello דנה!")), "ltr");
  // A name does not turn the sentence around it.
  const notice = ada.log.locator(".notice", { hasText: "דנה joined." });
  assert.equal(await direction(notice), "ltr");
  assert.equal(await direction(notice.locator("bdi")), "rtl");
  assert.equal(await direction(ada.person("דנה").locator("bdi")), "rtl");
  await ada.message.fill("שלום");
  assert.equal(await direction(ada.message), "rtl");
  await ada.message.fill("Hello");
  assert.equal(await direction(ada.message), "ltr");
});

for (const [name, options, direction] of [
  ["light", { ...DESKTOP, colorScheme: "light" }, "ltr"],
  ["dark, right to left", { ...DESKTOP, colorScheme: "dark" }, "rtl"],
  ["phone", { ...PHONE, colorScheme: "light" }, "ltr"],
  ["phone, dark, right to left", { ...PHONE, colorScheme: "dark" }, "rtl"],
]) {
  test(`axe-core finds nothing, and nothing overflows: ${name}`, async () => {
    const room = newRoom();
    // Messages fade in; axe-core measures the colours at the end.
    const reader = await browser.open(room, { ...options, reducedMotion: "reduce" });
    // As when the browser translates the page.
    await reader.page.evaluate((dir) => (document.documentElement.dir = dir), direction);
    const check = async (visitor, state) => {
      assert.deepEqual(await violations(visitor.page), [], state);
      assert.equal(await overflow(visitor.page), 0, state);
      const folder = process.env.SCREENSHOTS;
      if (folder) await visitor.page.screenshot({ path: join(folder, `${name}, ${state}.png`) });
    };
    await check(reader, "start");
    await reader.button("Join").click();
    await reader.alert.getByText("Choose a name").waitFor();
    await check(reader, "wrong name");
    await reader.join("Ada");
    await check(reader, "empty");

    const zoe = await browser.open(room);
    await zoe.join("👩‍🚀 Zoë");
    const dana = await browser.open(room);
    await dana.join("דנה");
    await zoe.send("one\ntwo\nthree");
    await reader.reads("one\ntwo\nthree");
    await dana.send("שלום לכולם, מה שלומכם? https://example.com");
    await zoe.send(`Good morning, Ada. See ${LONG_WORD}`);
    await reader.log.getByRole("link", { name: LONG_WORD }).waitFor();
    await reader.send("سلام, this is my message");
    await reader.send("W".repeat(200));
    await reader.page.locator('.own[data-state="sent"]').nth(1).waitFor();
    await check(reader, "messages");

    const toggle = reader.page.getByRole("button", { name: /in this room$/ });
    const onPhone = await toggle.isVisible();
    if (onPhone) await toggle.tap();
    await reader.button("Mute דנה").click();
    await reader.button("Unmute דנה").waitFor();
    await check(reader, "people");
    await reader.button("Remove דנה").click();
    await check(reader, "dialog");
    await reader.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    if (onPhone) await reader.button("Close list of people").click();

    // A moderator is never muted or removed: another page shows these states.
    await dana.page.setViewportSize(options.viewport);
    await dana.page.emulateMedia({ colorScheme: options.colorScheme, reducedMotion: "reduce" });
    await dana.page.evaluate((dir) => (document.documentElement.dir = dir), direction);
    await dana.send("Can you hear me?");
    await dana.button("Send again").waitFor();
    await check(dana, "muted");
    if (onPhone) await toggle.tap();
    await reader.button("Remove דנה").click();
    await reader.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await dana.status("Disconnected: Removed by Ada");
    await check(dana, "removed");
  });
}
