// A WebSocket client that knows none of the packages under test, and how programs start the service themselves.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import { inTime } from "../in-time.js";
import { connectionStringIn, startServing } from "../programs.js";

/** How long anything may take, in milliseconds. */
export const PATIENCE_MS = 60_000;
const JSON_PROTOCOL = "json.webpubsub.azure.v1";

/** The service did not accept a client. */
class Refusal extends Error {
  constructor(status, text) {
    super(`${status}: ${text}`);
    this.status = status;
    this.text = text;
  }
}

export class Client {
  #socket;
  #received = [];
  #wake = () => {};
  #asked = 0;

  constructor(socket) {
    this.#socket = socket;
    const receive = (item) => {
      this.#received.push(item);
      this.#wake();
    };
    socket.on("message", (data, isBinary) => {
      if (isBinary) return receive({ binary: [...data] });
      receive(this.isJson ? JSON.parse(data.toString()) : { text: data.toString() });
    });
    socket.on("close", (code, reason) => receive({ closed: code, reason: reason.toString() }));
  }

  /** Opens one; `null` as a subprotocol makes a client without. Throws a `Refusal`. */
  static async open(url, { subprotocol = JSON_PROTOCOL, ...options } = {}) {
    const socket = new WebSocket(url, subprotocol ?? [], { perMessageDeflate: false, ...options });
    const client = new Client(socket);
    await new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
      socket.on("unexpected-response", async (_request, response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        reject(new Refusal(response.statusCode, text));
      });
    });
    if (client.isJson) {
      const { type, event, connectionId, userId } = await client.next();
      assert.deepEqual([type, event], ["system", "connected"]);
      Object.assign(client, { id: connectionId, userId });
    }
    return client;
  }

  get subprotocol() {
    return this.#socket.protocol;
  }

  get isJson() {
    return this.#socket.protocol === JSON_PROTOCOL;
  }

  /** What came next: a frame, or the end of the connection. */
  async next() {
    if (this.#received.length === 0) {
      await inTime("a frame", new Promise((resolve) => (this.#wake = resolve)), PATIENCE_MS);
    }
    return this.#received.shift();
  }

  /** The next frame is this message. */
  async gets(dataType, data, group) {
    const { type, sequenceId, ...message } = await this.next();
    const from = group === undefined ? { from: "server" } : { from: "group", group };
    const { fromUserId, ...rest } = message;
    assert.deepEqual({ type, ...rest }, { type: "message", ...from, dataType, data });
    return fromUserId;
  }

  /** The service closes the connection for this reason. */
  async isClosed(message) {
    assert.deepEqual(await this.next(), { type: "system", event: "disconnected", message });
    assert.equal((await this.next()).closed, 1000);
  }

  send(frame) {
    this.#socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends a request; the next frame is its acknowledgement. */
  async ask(request) {
    const ackId = ++this.#asked;
    this.send({ ...request, ackId });
    const { type, ...ack } = await this.next();
    assert.deepEqual([type, ack.ackId], ["ack", ackId]);
    return ack;
  }

  async close() {
    this.#socket.close();
    for (;;) if ((await this.next()).closed) return;
  }
}

/** Waits until something holds. */
export const until = async (what, holds) => {
  const limit = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < limit, `waited in vain: ${what()}`);
    await sleep(10);
  }
};

/** Starts a service with these options and returns its connection string; the service ends with this process. */
export const startService = async (...args) => {
  const options = ["--port", "0", "--exit-with-stdin", ...args];
  const stdio = ["pipe", "pipe", "inherit"];
  const service = await startServing(process.env.EMULATOR, options, { stdio }, connectionStringIn);
  return service.answer;
};
