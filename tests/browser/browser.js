// Chromium for the tests of the chat page, and what a person does on the page. No test is in here.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { startChromium } from "../chromium.js";

const DEMO_URL = process.env.DEMO_URL;
if (!DEMO_URL)
  throw new Error("Set DEMO_URL to the address of a running demo: `cargo xtask demo` prints it.");

/** Starts the browser. */
export async function startBrowser() {
  const browser = await startChromium();
  let visitors = [];
  /**
   * A person on the start page, about to join `room`, with cookies and storage of their own.
   * @param {string} room
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  const open = async (room, options) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const visitor = new Visitor(page, room);
    visitors.push(visitor);
    return visitor.goto();
  };
  return {
    open,
    /** Ada, the first in a room and so its moderator, and Grace. */
    async adaAndGrace() {
      const room = newRoom();
      const ada = await open(room);
      await ada.join("Ada");
      const grace = await open(room);
      await grace.join("Grace");
      await ada.person("Grace").waitFor();
      return { room, ada, grace };
    },
    /** Closes all pages; fails when something went wrong on one of them. */
    async closePages() {
      const faults = visitors.flatMap((visitor) => visitor.faults);
      for (const { page } of visitors) await page.context().close();
      visitors = [];
      assert.deepEqual(faults, []);
    },
    close: () => browser.close(),
  };
}

/** The name of an empty room: tests meet neither each other nor other users of the demo. */
export const newRoom = () => `test-${randomUUID().slice(0, 8)}`;

/** A person who uses the page by what can be seen and heard. */
export class Visitor {
  /** Uncaught errors, and what the content security policy blocked. */
  faults = /** @type {string[]} */ ([]);

  constructor(page, room) {
    this.page = page;
    this.room = room;
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) this.faults.push(message.text());
    });
  }

  async goto() {
    const url = new URL(`?room=${this.room}`, DEMO_URL).href;
    // On a busy machine, `wrangler dev` has left a request without a response: the page is then loaded again, once.
    await this.page.goto(url, { timeout: 20_000 }).catch(async (error) => {
      if (error.name !== "TimeoutError") throw error;
      await this.page.goto(url);
    });
    return this;
  }

  /** Puts the connection to the service under control; called before joining. */
  async controlConnection() {
    let sides, swallowed;
    const control = {
      /** Whether new connections are refused. */
      refused: false,
      /** Closes the connection. */
      async break() {
        for (const side of sides) await side.close({ code: 1011 });
      },
      /** Swallows the page's messages of this type; without a type, everything in both directions. */
      swallow(type = "*") {
        swallowed.add(type);
      },
    };
    await this.page.routeWebSocket(/\/client\//, async (page) => {
      if (control.refused) return page.close({ code: 1011 });
      const server = page.connectToServer();
      const here = (swallowed = new Set());
      sides = [page, server];
      page.onMessage((text) => here.has("*") || here.has(JSON.parse(text).type) || server.send(text));
      server.onMessage((text) => here.has("*") || page.send(text));
    });
    await this.goto();
    return control;
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  get alert() {
    return this.page.getByRole("alert");
  }

  get heading() {
    return this.page.getByRole("complementary").getByRole("heading");
  }

  get log() {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get people() {
    return this.page.getByRole("complementary").getByRole("listitem");
  }

  person(name) {
    return this.people.filter({ hasText: name });
  }

  get message() {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  /** The names in the list of people, sorted. */
  async names() {
    return (await this.people.locator("bdi").allTextContents()).sort();
  }

  /** Waits until the header shows this status of the connection. */
  async status(text) {
    await this.page.locator("#status-text", { hasText: text }).waitFor();
  }

  /** Waits until the log contains this text. */
  async reads(text) {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  async join(name) {
    await this.page.getByLabel("Your name").fill(name);
    await this.button("Join").click();
    await this.status("Connected");
  }

  async send(text) {
    await this.message.fill(text);
    await this.button("Send").click();
  }
}
