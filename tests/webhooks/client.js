// A WebSocket client of the service, plain or of the JSON protocol.
import WebSocket from "ws";
import { inTime } from "../in-time.js";

export const JSON_PROTOCOL = "json.webpubsub.azure.v1";

/** How long something may take to come, in milliseconds. */
export const PATIENCE_MS = 20_000;

export class Client {
  #socket;
  #unread = [];
  #waiting = [];
  #lastAck = 0;
  #closed;

  /** Connects; gives `{ client }`, or `{ status, words }` when the service refuses. */
  static async open(url, protocols = []) {
    const client = new Client(url, protocols);
    const refusal = await inTime("the answer to the handshake", client.#opening, PATIENCE_MS);
    return refusal ?? { client };
  }

  #opening;

  constructor(url, protocols) {
    this.#socket = new WebSocket(url, protocols);
    this.#socket.on("message", (data, isBinary) => {
      const frame = isBinary ? [...data] : this.protocol === JSON_PROTOCOL ? JSON.parse(data) : String(data);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#unread.push(frame);
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.#opening = new Promise((resolve, reject) => {
      this.#socket.once("open", resolve);
      this.#socket.once("error", reject);
      this.#socket.once("unexpected-response", async (_, response) => {
        let words = "";
        for await (const part of response) words += part;
        resolve({ status: response.statusCode, words });
      });
    });
  }

  /** The subprotocol that the service agreed to; an empty text for none. */
  get protocol() {
    return this.#socket.protocol;
  }

  /** The next frame: what JSON it is to a client of the JSON protocol, or else a text or a list of bytes. */
  next() {
    if (this.#unread.length > 0) return Promise.resolve(this.#unread.shift());
    return inTime("a frame", new Promise((resolve) => this.#waiting.push(resolve)), PATIENCE_MS);
  }

  send(data) {
    this.#socket.send(data);
  }

  /** Asks for something by the JSON protocol; gives the acknowledgement, and what came before it. */
  async ask(request) {
    const ackId = ++this.#lastAck;
    this.send(JSON.stringify({ ...request, ackId }));
    const before = [];
    for (;;) {
      const frame = await this.next();
      if (frame.ackId === ackId) return { ack: frame, before };
      before.push(frame);
    }
  }

  /** Sends an event; gives the acknowledgement, and the type and the data of the replies. */
  async event(event, data = "", dataType = "json") {
    const { ack, before } = await this.ask({ type: "event", event, dataType, data });
    return { ack, replies: before.map(({ dataType, data }) => ({ dataType, data })) };
  }

  /** The code and the reason of the end. */
  closed() {
    return inTime("the end of the connection", this.#closed, PATIENCE_MS);
  }

  /** Closes, and waits for the end. */
  close(code, reason) {
    this.#socket.close(code, reason);
    return this.closed();
  }

  hangUp() {
    this.#socket.terminate();
  }
}
