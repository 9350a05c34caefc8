// Connections that break, fall silent or go offline, against a running demo: the page notices and reconnects.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { newRoom, startBrowser } from "./browser.js";

const RECONNECTING = /Reconnecting in \d+ s/;
const RECONNECTED = "Reconnected. Messages sent while you were offline are not shown.";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
afterEach(() => browser.closePages());

/** Ada, and Lin, who joined her room: the tests control the clock and the connection of Lin's page. */
let ada, lin, clock, connection;
beforeEach(async () => {
  const room = newRoom();
  ada = await browser.open(room);
  await ada.join("Ada");
  lin = await browser.open(room);
  ({ clock } = lin.page);
  await clock.install();
  connection = await lin.controlConnection();
  await lin.join("Lin");
  await clock.pauseAt(Date.now() + 60_000);
  // The jump triggered a ping: its pong arrives before this message.
  await ada.send("Hello");
  await lin.reads("Hello");
});

test("a broken connection is shown and repaired", async () => {
  await connection.break();
  await lin.status(RECONNECTING);
  await ada.reads("Lin left.");
  await lin.send("Does anybody hear me?");
  await lin.page.getByText("Not sent: you are not connected.").waitFor();
  await clock.runFor(5_000);
  await lin.status("Connected");
  await lin.reads(RECONNECTED);
  await lin.button("Send again").click();
  await ada.reads("Does anybody hear me?");

  await connection.break();
  await lin.status(RECONNECTING);
  await lin.button("Try now").click();
  await lin.status("Connected");
  assert.deepEqual(await ada.names(), ["Ada", "Lin"]);
});

test("it reconnects when a message is not acknowledged", async () => {
  connection.swallow("sendToGroup");
  await lin.send("Does anybody hear me?");
  await lin.log.locator('[data-state="sending"]').waitFor();
  // Pings are answered meanwhile.
  await clock.runFor(14_000);
  await lin.status("Connected");
  await clock.runFor(1_000);
  await lin.status(RECONNECTING);
  await lin.page.getByText("Connection lost: this message may not have been delivered.").waitFor();
  await clock.runFor(5_000);
  await lin.status("Connected");
  await lin.button("Send again").click();
  await ada.reads("Does anybody hear me?");
});

test("it reconnects when the line is silent, though the reader is too", async () => {
  connection.swallow();
  await clock.runFor(30_000);
  await lin.status(RECONNECTING);
  await lin.page.getByText("Connection lost. The service did not respond. Reconnecting.").waitFor();
  await clock.runFor(5_000);
  await lin.status("Connected");
  await lin.reads(RECONNECTED);
  await ada.send("Welcome back");
  await lin.reads("Welcome back");
});

test("it stays connected while something arrives", async () => {
  for (let step = 0; step < 8; step++) {
    await ada.send(`Message ${step}`);
    await lin.reads(`Message ${step}`);
    await clock.runFor(15_000);
  }
  await lin.status("Connected");
  assert.equal(await lin.log.getByText(RECONNECTED).count(), 0);
});

test("it follows the browser when that goes offline and online", async () => {
  const context = lin.page.context();
  await context.setOffline(true);
  await lin.status(RECONNECTING);
  await lin.page.getByText("Connection lost. Your browser is offline. Reconnecting.").waitFor();
  await context.setOffline(false);
  await lin.status("Connected");
  await lin.reads(RECONNECTED);
  await lin.send("Back online");
  await ada.reads("Back online");
});

test("it reconnects when the tab is shown again and the reader is in no list", async () => {
  const shown = () => lin.page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
  await shown();
  await lin.page.route("**/people", (route) => route.fulfill({ json: { people: [] } }), { times: 1 });
  await shown();
  await lin.status(RECONNECTING);
  await clock.runFor(5_000);
  await lin.status("Connected");
  await lin.heading.getByText("2 people are here").waitFor();
});

test("it gives up after some minutes, and connects when asked to", async () => {
  connection.refused = true;
  await connection.break();
  await lin.status(RECONNECTING);
  const text = () => lin.page.locator("#status-text").textContent();
  while ((await text()) !== "Disconnected") await clock.runFor(10_000);
  connection.refused = false;
  await lin.button("Try now").click();
  await lin.status("Connected");
});
