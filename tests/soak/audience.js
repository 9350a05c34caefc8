// WebSocket clients of the hub, plain or of the JSON protocol, that note every message in the ledger.
import WebSocket from "ws";
import { inTime } from "../in-time.js";

const JSON_PROTOCOL = "json.webpubsub.azure.v1";
const PATIENCE_MS = 20_000;

/** The id that a message begins with, or has as a member. */
const idIn = (value) => (typeof value === "string" ? value.split(" ", 1)[0] : value.id);

/** The id of a message as a plain client gets it. */
const idOfFrame = (data, isBinary) => {
  const text = String(data);
  return idIn(!isBinary && text.startsWith("{") ? JSON.parse(text) : text);
};

/** The id of a message as a client of the JSON protocol gets it. */
const idOfMessage = ({ dataType, data }) => idIn(dataType === "binary" ? atob(data) : data);

export class Client {
  /** The id of the connection; only clients of the JSON protocol know it. */
  connectionId;
  #socket;
  #acks = new Map();
  #echoes = new Map();
  #lastAck = 0;

  /** Connects; `name` is what the ledger knows it by. */
  static async open(name, url, ledger, isPlain = false) {
    const client = new Client(name, url, ledger, isPlain);
    await inTime(`the connection of ${name}`, client.ready, PATIENCE_MS);
    return client;
  }

  constructor(name, url, ledger, isPlain) {
    this.name = name;
    this.#socket = new WebSocket(url, isPlain ? [] : [JSON_PROTOCOL], { family: 4 });
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve((this.isClosed = true))));
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once("error", reject);
      if (isPlain) this.#socket.once("open", resolve);
      this.#socket.on("message", (data, isBinary) => {
        if (isPlain) return ledger.receive(idOfFrame(data, isBinary), name);
        const frame = JSON.parse(data);
        if (frame.type === "system" && frame.event === "connected") {
          this.connectionId = frame.connectionId;
          resolve();
        } else if (frame.type === "ack") this.#acks.get(frame.ackId)?.(frame);
        else if (frame.type === "message") this.#hear(frame, ledger);
      });
    });
  }

  #hear(frame, ledger) {
    if (frame.dataType === "text" && frame.data.startsWith("echo ")) {
      const event = frame.data.slice("echo ".length);
      this.#echoes.set(event, (this.#echoes.get(event) ?? 0) + 1);
    } else ledger.receive(idOfMessage(frame), this.name);
  }

  /** Sends an event, which the Worker echoes; returns whether it succeeded and how many echoes came. */
  async event(data) {
    const ackId = ++this.#lastAck;
    const ack = new Promise((resolve) => this.#acks.set(ackId, resolve));
    this.#socket.send(JSON.stringify({ type: "event", event: "echo", ackId, dataType: "text", data }));
    const { success } = await inTime("the acknowledgement of an event", ack, PATIENCE_MS);
    this.#acks.delete(ackId);
    // The response comes before the acknowledgement.
    const echoes = this.#echoes.get(data) ?? 0;
    this.#echoes.delete(data);
    return { success, echoes };
  }

  /** Waits for the end of the connection. */
  end() {
    return inTime(`the end of ${this.name}`, this.closed, PATIENCE_MS);
  }

  leave() {
    this.#socket.terminate();
  }
}
