// A person in the chat: does what the page does in a browser, as a WebSocket client with the JSON subprotocol.

import WebSocket from "ws";
import { inTime } from "../in-time.js";

const TIMEOUT_MS = 10_000;

export class Guest {
  static #all = new Set();
  #socket;
  #closed;
  #lastAck = 0;
  /** Messages that have arrived and have not been read, oldest first. */
  #unread = [];
  #waiting = new Set();

  static async negotiate(worker, name, room) {
    const { status, body } = await negotiate(worker, name, room);
    if (status !== 200) throw new Error(`/negotiate returned ${status}: ${JSON.stringify(body)}`);
    return Object.assign(new Guest(), body);
  }

  /** Negotiates, and returns the status and error code of the refusal. */
  static async refused(worker, name, room) {
    const { status, body } = await negotiate(worker, name, room);
    return { status, code: body.error?.code };
  }

  static hangUpAll() {
    for (const guest of Guest.#all) guest.hangUp();
  }

  async connect() {
    this.#socket = new WebSocket(this.url, "json.webpubsub.azure.v1");
    Guest.#all.add(this);
    this.#closed = new Promise((resolve) => this.#socket.once("close", resolve));
    const failed = new Promise((_, reject) => this.#socket.once("error", reject));
    this.#socket.on("message", (text) => this.#receive(JSON.parse(text)));
    await Promise.race([failed, this.#next("the connected event", (m) => m.event === "connected")]);
  }

  hangUp() {
    Guest.#all.delete(this);
    this.#socket?.close();
  }

  /** Sends an event to the Worker. */
  async event(event, data) {
    const ack = await this.#send({ type: "event", event, dataType: "json", data });
    if (!ack.success) throw new Error(`${event} was not acknowledged: ${JSON.stringify(ack.error)}`);
  }

  /** Sends a message to the room; resolves to the service's ack. */
  send(text) {
    return this.#send({
      type: "sendToGroup",
      group: this.group,
      noEcho: true,
      dataType: "json",
      data: { text },
    });
  }

  /** The next message of another person. */
  message() {
    return this.#next("a message", (m) => m.from === "group" && m.fromUserId !== undefined);
  }

  /** The next notice of this type from the Worker to the room. */
  async notice(type) {
    const matches = (m) => m.from === "group" && m.fromUserId === undefined && m.data.type === type;
    return (await this.#next(`the notice "${type}"`, matches)).data;
  }

  /** The next message of this type from the Worker to this guest only. */
  async reply(type) {
    return (await this.#next(`the reply "${type}"`, (m) => m.from === "server" && m.data.type === type)).data;
  }

  disconnected() {
    return this.#next("the disconnected event", (m) => m.event === "disconnected");
  }

  closed() {
    return inTime("the connection to close", this.#closed, TIMEOUT_MS);
  }

  #send(message) {
    const ackId = ++this.#lastAck;
    this.#socket.send(JSON.stringify({ ...message, ackId }));
    return this.#next(`the ack of ${message.event ?? message.type}`, (m) => m.ackId === ackId);
  }

  #receive(message) {
    this.#unread.push(message);
    for (const look of this.#waiting) look();
  }

  /** Takes the oldest unread message that matches, now or when it arrives. */
  #next(what, matches) {
    let look;
    const found = new Promise((resolve) => {
      look = () => {
        const at = this.#unread.findIndex(matches);
        if (at >= 0) resolve(this.#unread.splice(at, 1)[0]);
        return at >= 0 && this.#waiting.delete(look);
      };
      if (!look()) this.#waiting.add(look);
    });
    return inTime(`${this.name} to get ${what}`, found, TIMEOUT_MS).finally(() => this.#waiting.delete(look));
  }
}

async function negotiate(worker, name, room) {
  const response = await fetch(new URL("negotiate", worker), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, room }),
  });
  return { status: response.status, body: await response.json() };
}
