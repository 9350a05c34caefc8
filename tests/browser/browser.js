// Chromium for the tests of the page, and what a person does on it. No test is in here.

import { randomUUID } from "node:crypto";
import { startChromium } from "../chromium.js";

const DEMO_URL = process.env.DEMO_URL;
if (!DEMO_URL)
  throw new Error("Set DEMO_URL to the address of a running demo: `cargo xtask demo` prints it.");

/** Starts the browser; `open` gives a person with cookies and storage of their own, and `close` ends everything. */
export async function startBrowser() {
  const browser = await startChromium();
  return {
    /**
     * A person in front of the page, about to enter `room`.
     * @param {string} room
     * @param {import("playwright-core").BrowserContextOptions} [options]
     */
    async open(room, options) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      return new Visitor(page, room).goto();
    },
    close: () => browser.close(),
  };
}

/** A room that nobody else is in: tests do not meet each other, nor whoever else uses the demo. */
export const newRoom = () => `test-${randomUUID().slice(0, 8)}`;

/** The page as somebody uses it who goes by what can be seen and heard. */
export class Visitor {
  /** What went wrong on the page: uncaught errors, and what the security policy forbade. */
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
    await this.page.goto(new URL(`?room=${this.room}`, DEMO_URL).href);
    return this;
  }

  /**
   * Makes time and connection of the page controllable; to be called before entering.
   * @returns {Promise<() => Promise<void>>} Breaks the connection to the service.
   */
  async breakable() {
    let sides = [];
    await this.page.clock.install();
    await this.page.routeWebSocket(/\/client\//, (page) => (sides = [page, page.connectToServer()]));
    await this.goto();
    return async () => {
      for (const side of sides) await side.close({ code: 1011 });
    };
  }

  button(name) {
    return this.page.getByRole("button", { name });
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

  /** Waits until the page says this in its line about the connection. */
  async status(text) {
    await this.page.locator("#status-text", { hasText: text }).waitFor();
  }

  /** Waits until this can be read among the messages. */
  async reads(text) {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  async enter(name) {
    await this.page.getByLabel("Your name").fill(name);
    await this.button("Enter the room").click();
    await this.status("Connected");
  }

  async say(text) {
    await this.message.fill(text);
    await this.button("Send").click();
  }
}
