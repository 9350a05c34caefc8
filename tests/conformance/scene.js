// A hub of the service with guests in it: clients that connect by WebSocket, and what they hear.

const JSON_PROTOCOL = "json.webpubsub.azure.v1";

/** A client of a hub. With the JSON protocol it knows who it is; without a protocol it hears plain frames. */
class Guest {
  #socket;
  #heard = [];
  #listening = [];
  #lastAck = 0;
  /** Settles when the service has closed the connection: with the code, the reason and the reason in words. */
  closed;

  constructor(url, protocol) {
    this.#socket = new WebSocket(url, protocol === "" ? [] : [protocol]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", ({ data }) => {
      const frame = protocol === JSON_PROTOCOL ? JSON.parse(data) : data;
      const listener = this.#listening.shift();
      if (listener) listener.resolve(frame);
      else this.#heard.push(frame);
    });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener("open", resolve);
      this.#socket.addEventListener("error", () => reject(new Error("The guest could not connect")));
    });
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener("close", ({ code, reason }) => {
        const error = new Error(`The guest was closed: ${code} ${reason}`);
        for (const listener of this.#listening) listener.reject(error);
        resolve({ code, reason });
      });
    });
  }

  /** The next frame. */
  next() {
    if (this.#heard.length > 0) return this.#heard.shift();
    return new Promise((resolve, reject) => this.#listening.push({ resolve, reject }));
  }

  /** Asks the service for something, and gives its acknowledgement. */
  async ask(request) {
    this.#lastAck += 1;
    this.#socket.send(JSON.stringify({ ...request, ackId: this.#lastAck }));
    return this.next();
  }

  /** The reason that the service gives when it closes the connection. */
  async farewell() {
    const { type, event, message } = await this.next();
    return type === "system" && event === "disconnected" ? message : undefined;
  }

  leave() {
    this.#socket.close();
  }
}

/** Makes checks that have a hub of their own: `live(name, run)` gives `run` the scene. */
export const scenes = (check, pkg, connectionString) => (name, run, needs) =>
  check(name, () => onStage(pkg, connectionString, run), needs);

const onStage = async (pkg, connectionString, run) => {
  const hub = `Hub_${crypto.randomUUID().replaceAll("-", "")}`;
  const client = new pkg.WebPubSubServiceClient(connectionString, hub);
  const guests = [];
  const guest = async (options, { protocol = JSON_PROTOCOL, by = client } = {}) => {
    const { url } = await by.getClientAccessToken(options);
    const guest = new Guest(url, protocol);
    guests.push(guest);
    await guest.opened;
    if (protocol === JSON_PROTOCOL) Object.assign(guest, { id: (await guest.next()).connectionId });
    return guest;
  };
  /** What each guest has heard by now, all guests unless some are named: the frames. */
  const frames = async (...some) => {
    const end = crypto.randomUUID();
    await client.sendToAll(end, { contentType: "text/plain" });
    const untilEnd = async (guest) => {
      const frames = [];
      for (let frame = await guest.next(); frame !== end && frame.data !== end; frame = await guest.next()) {
        frames.push(frame);
      }
      return frames;
    };
    return Promise.all((some.length > 0 ? some : guests).map(untilEnd));
  };
  /** The same without what is around the data. */
  const heard = async (...some) =>
    (await frames(...some)).map((all) => all.map((frame) => frame.data ?? frame));
  /** The ids of the connections in a group. */
  const members = async (group) => {
    const ids = [];
    for await (const { connectionId } of client.group(group).listConnections()) ids.push(connectionId);
    return ids.sort();
  };
  try {
    await run({ hub, client, guest, frames, heard, members });
  } finally {
    for (const one of guests) one.leave();
  }
};
