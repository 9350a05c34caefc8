// One person's connection to the service: a WebSocket with the subprotocol json.webpubsub.azure.v1 that detects a dead
// line and reconnects. It knows nothing of rooms.

const SUBPROTOCOL = "json.webpubsub.azure.v1";
const CONNECT_TIMEOUT_MS = 10_000;
const ACK_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 5_000;
const PING_INTERVAL_MS = 15_000;
const MAX_RETRY_DELAY_MS = 30_000;
const MAX_ATTEMPTS = 12;
const UNRESPONSIVE = "The service did not respond.";

/**
 * @typedef {object} Status
 * @property {"connecting" | "connected" | "waiting" | "closed"} state
 * @property {number} [retryAt] When waiting: the time of the next attempt, in milliseconds.
 * @property {string} [reason] Why the connection was lost, if known.
 */

/**
 * @typedef {object} Host
 * @property {() => Promise<string>} url The client URL; requested before every attempt.
 * @property {() => Promise<void>} ready Called when the connection is open; its work precedes the state "connected".
 * @property {(message: any) => void} message A message from a group or from the server.
 * @property {(status: Status) => void} status
 */

/** A message that was not acknowledged; `name` is the service's error name, or `NotConnected` or `Lost`. */
export class NotAcknowledged extends Error {
  /** @param {string} name @param {string} message */
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

export class Connection {
  /** @type {Host} */ #host;
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {Map<number, { resolve: () => void, reject: (error: Error) => void, timer: number }>} */ #acks =
    new Map();
  #lastAckId = 0;
  #attempts = 0;
  /** Whether anything has arrived since the last ping. */ #heard = false;
  #timer = 0;
  #waiting = false;
  #ended = false;
  #reason = "";
  /** @type {((error?: Error) => void) | undefined} */ #opened;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Connects. Rejects when the first attempt fails; later losses are repaired and reported by `status`. */
  open() {
    return /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        this.#opened = (error) => (error ? reject(error) : resolve());
        this.#connect();
      })
    );
  }

  /** Connects now if it waits for the next attempt or has given up. */
  retry() {
    if (!this.#waiting) return;
    clearTimeout(this.#timer);
    if (this.#attempts >= MAX_ATTEMPTS) this.#attempts = 0;
    this.#connect();
  }

  /** Expects the service to close the connection for good and to give the reason; closes it if the service does not. */
  expectEnd() {
    this.#ended = true;
    setTimeout(() => this.drop(""), END_TIMEOUT_MS);
  }

  /** Closes the connection for good. */
  close() {
    this.#ended = true;
    this.#waiting = false;
    clearTimeout(this.#timer);
    this.drop("You left.");
  }

  /** Abandons the current socket, if there is one, and reconnects unless this is the end. @param {string} reason */
  drop(reason) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    socket.onmessage = socket.onclose = null;
    socket.close();
    for (const ackId of [...this.#acks.keys()]) this.#settle(ackId, new NotAcknowledged("Lost", ""));
    this.#lost(reason);
  }

  /** @param {string} group @param {unknown} data */
  sendToGroup(group, data) {
    return this.#send({ type: "sendToGroup", group, noEcho: true, dataType: "json", data });
  }

  /** @param {string} event @param {unknown} data */
  sendEvent(event, data) {
    return this.#send({ type: "event", event, dataType: "json", data });
  }

  /** Resolves when the service has acknowledged the message. @param {object} message @returns {Promise<void>} */
  #send(message) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new NotAcknowledged("NotConnected", ""));
    const ackId = ++this.#lastAckId;
    return new Promise((resolve, reject) => {
      // The browser may take minutes to notice a dead line; a missing ack shows it sooner.
      const timer = setTimeout(() => this.drop(UNRESPONSIVE), ACK_TIMEOUT_MS);
      this.#acks.set(ackId, { resolve, reject, timer });
      socket.send(JSON.stringify({ ...message, ackId }));
    });
  }

  async #connect() {
    this.#attempts++;
    this.#waiting = false;
    this.#reason = "";
    this.#host.status({ state: "connecting" });
    let url;
    try {
      url = await this.#host.url();
    } catch (error) {
      return this.#lost(error instanceof Error ? error.message : "");
    }
    if (this.#ended) return;
    const socket = (this.#socket = new WebSocket(url, SUBPROTOCOL));
    this.#timer = setTimeout(() => this.drop(""), CONNECT_TIMEOUT_MS);
    socket.onmessage = ({ data }) => this.#received(JSON.parse(data));
    socket.onclose = () => this.drop(this.#reason);
  }

  /** @param {any} message */
  #received(message) {
    this.#heard = true;
    if (message.type === "ack") {
      // A duplicate was processed the first time.
      const done = message.success || message.error?.name === "Duplicate";
      this.#settle(
        message.ackId,
        done ? undefined : new NotAcknowledged(message.error?.name, message.error?.message),
      );
    } else if (message.type === "message") {
      this.#host.message(message);
    } else if (message.type === "system" && message.event === "connected") {
      this.#prepare();
    } else if (message.type === "system" && message.event === "disconnected") {
      this.#reason = message.message ?? "";
    }
  }

  async #prepare() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#watch();
    try {
      await this.#host.ready();
    } catch (error) {
      if (socket === this.#socket) this.drop(error instanceof Error ? error.message : "");
      return;
    }
    if (socket !== this.#socket) return;
    this.#attempts = 0;
    this.#host.status({ state: "connected" });
    this.#opened?.();
    this.#opened = undefined;
  }

  /** Pings, and drops a line on which nothing arrives until the next ping is due. */
  #watch() {
    this.#heard = false;
    this.#socket?.send(JSON.stringify({ type: "ping" }));
    // Counts intervals, not time: browsers slow the timers of hidden tabs down.
    this.#timer = setTimeout(() => (this.#heard ? this.#watch() : this.drop(UNRESPONSIVE)), PING_INTERVAL_MS);
  }

  /** @param {number} ackId @param {Error} [error] */
  #settle(ackId, error) {
    const pending = this.#acks.get(ackId);
    if (!pending) return;
    this.#acks.delete(ackId);
    clearTimeout(pending.timer);
    if (error) pending.reject(error);
    else pending.resolve();
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#opened) {
      this.#ended = true;
      this.#opened(new Error(reason));
      this.#opened = undefined;
    } else if (this.#ended) {
      this.#host.status({ state: "closed", reason });
    } else if (this.#attempts >= MAX_ATTEMPTS) {
      this.#waiting = true;
      this.#host.status({ state: "closed", reason });
    } else {
      const delay = Math.min(MAX_RETRY_DELAY_MS, 1000 * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
      this.#waiting = true;
      this.#timer = setTimeout(() => this.#connect(), delay);
      this.#host.status({ state: "waiting", retryAt: Date.now() + delay, reason });
    }
  }
}
