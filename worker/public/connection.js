// One person's line to the service: a WebSocket that speaks json.webpubsub.azure.v1, is watched for silence, and is
// made again when it breaks. It knows nothing of rooms.

const SUBPROTOCOL = "json.webpubsub.azure.v1";
const CONNECT_MS = 10_000;
const ACK_MS = 15_000;
const END_MS = 5_000;
const PING_MS = 20_000;
const SILENCE_MS = 50_000;
const MAX_WAIT_MS = 30_000;
const MAX_TRIES = 12;

/**
 * @typedef {object} Status
 * @property {"connecting" | "connected" | "waiting" | "closed"} state
 * @property {number} [retryAt] When waiting: the time of the next try, in milliseconds.
 * @property {string} [reason] In the service's words, when it gave any.
 */

/**
 * @typedef {object} Host
 * @property {() => Promise<string>} url Where to connect; asked before every try.
 * @property {() => Promise<void>} ready The connection stands: does what must be done before it counts as connected.
 * @property {(message: any) => void} message A message from a group or from the server.
 * @property {(status: Status) => void} status
 */

/** The service refused something, or did not answer; `name` is the service's own word for it. */
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
  #tries = 0;
  #heard = 0;
  #timer = 0;
  #waiting = false;
  #ended = false;
  #reason = "";
  /** @type {((error?: Error) => void) | undefined} */ #opened;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Connects. Rejects when the first try fails; later losses are repaired, and told by `status`. */
  open() {
    return /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        this.#opened = (error) => (error ? reject(error) : resolve());
        this.#try();
      })
    );
  }

  /** Tries now what is waiting, or what was given up. */
  retry() {
    if (!this.#waiting) return;
    clearTimeout(this.#timer);
    if (this.#tries >= MAX_TRIES) this.#tries = 0;
    this.#try();
  }

  /** Lets the service close the connection for good, and say why; closes it if the service does not. */
  expectEnd() {
    this.#ended = true;
    setTimeout(() => this.#drop(""), END_MS);
  }

  /** Closes the connection for good. */
  close() {
    this.#ended = true;
    this.#waiting = false;
    clearTimeout(this.#timer);
    this.#drop("You left.");
  }

  /** @param {string} group @param {unknown} data */
  sendToGroup(group, data) {
    return this.#send({ type: "sendToGroup", group, noEcho: true, dataType: "json", data });
  }

  /** @param {string} event @param {unknown} data */
  sendEvent(event, data) {
    return this.#send({ type: "event", event, dataType: "json", data });
  }

  /** Resolves when the service has acknowledged. @param {object} message @returns {Promise<void>} */
  #send(message) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new NotAcknowledged("NotConnected", ""));
    const ackId = ++this.#lastAckId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(ackId, new NotAcknowledged("Timeout", "")), ACK_MS);
      this.#acks.set(ackId, { resolve, reject, timer });
      socket.send(JSON.stringify({ ...message, ackId }));
    });
  }

  async #try() {
    this.#tries++;
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
    this.#timer = setTimeout(() => this.#drop(""), CONNECT_MS);
    socket.onmessage = ({ data }) => this.#received(JSON.parse(data));
    socket.onclose = () => this.#drop(this.#reason);
  }

  /** @param {any} message */
  #received(message) {
    this.#heard = Date.now();
    if (message.type === "ack") {
      // An id that was seen before was done before.
      const done = message.success || message.error?.name === "Duplicate";
      this.#settle(
        message.ackId,
        done ? undefined : new NotAcknowledged(message.error?.name, message.error?.message),
      );
    } else if (message.type === "message") {
      this.#host.message(message);
    } else if (message.type === "system" && message.event === "connected") {
      this.#stands();
    } else if (message.type === "system" && message.event === "disconnected") {
      this.#reason = message.message ?? "";
    }
  }

  async #stands() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#watch();
    try {
      await this.#host.ready();
    } catch (error) {
      if (socket === this.#socket) this.#drop(error instanceof Error ? error.message : "");
      return;
    }
    if (socket !== this.#socket) return;
    this.#tries = 0;
    this.#host.status({ state: "connected" });
    this.#opened?.();
    this.#opened = undefined;
  }

  /** A line can die without a word: asks for a sign of life, and gives up on a silent one. */
  #watch() {
    this.#timer = setTimeout(() => {
      if (Date.now() - this.#heard > SILENCE_MS) return this.#drop("");
      this.#socket?.send(JSON.stringify({ type: "ping" }));
      this.#watch();
    }, PING_MS);
  }

  /** @param {number} ackId @param {Error} [error] */
  #settle(ackId, error) {
    const waiting = this.#acks.get(ackId);
    if (!waiting) return;
    this.#acks.delete(ackId);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(error);
    else waiting.resolve();
  }

  /** Parts with the socket, whatever state it is in. @param {string} reason */
  #drop(reason) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    socket.onmessage = socket.onclose = null;
    socket.close();
    for (const ackId of [...this.#acks.keys()]) this.#settle(ackId, new NotAcknowledged("Lost", ""));
    this.#lost(reason);
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#opened) {
      this.#ended = true;
      this.#opened(new Error(reason));
      this.#opened = undefined;
    } else if (this.#ended) {
      this.#host.status({ state: "closed", reason });
    } else if (this.#tries >= MAX_TRIES) {
      this.#waiting = true;
      this.#host.status({ state: "closed", reason });
    } else {
      const wait = Math.min(MAX_WAIT_MS, 1000 * 2 ** this.#tries) * (0.75 + Math.random() / 2);
      this.#waiting = true;
      this.#timer = setTimeout(() => this.#try(), wait);
      this.#host.status({ state: "waiting", retryAt: Date.now() + wait, reason });
    }
  }
}
