// A visit to a room: tracks who is there, turns what arrives into text, and sends the reader's messages.

import { isFresh, negotiate, peopleIn, saveSession } from "./api.js";
import { Connection, NotAcknowledged } from "./connection.js";
import { bdi } from "./dom.js";
import { addMessage, addNotice, addOwn } from "./messages.js";
import { showPeople, showPeopleError } from "./people.js";

/** @typedef {import("./api.js").Person} Person */
/** @typedef {import("./api.js").Session} Session */

/**
 * @typedef {object} Events
 * @property {(status: import("./connection.js").Status, final: boolean) => void} status
 * @property {(...content: (string | Node)[]) => void} muted The reader is muted, and by whom; no content: not muted.
 * @property {(by: string) => void} removed A moderator removed the reader.
 * @property {() => void} message Somebody else's message arrived.
 */

export class Room {
  /** @type {Session} */ #session;
  /** @type {Events} */ #events;
  /** @type {Map<string, Person>} */ #people = new Map();
  /** What arrived since the connection opened, until the people are known; undefined while joined. */
  /** @type {any[] | undefined} */ #early = [];
  #refusal = "";
  #joins = 0;
  #final = false;
  #connection = new Connection({
    url: () => this.#url(),
    ready: () => this.#join(),
    message: (message) => this.#received(message),
    status: (status) => {
      if (status.state !== "connected") this.#early = [];
      this.#events.status(status, this.#final);
    },
  });

  /** @param {Session} session @param {Events} events */
  constructor(session, events) {
    this.#session = session;
    this.#events = events;
  }

  /** Connects and joins. Rejects with a message for the reader. */
  async enter() {
    await this.#connection.open();
  }

  /** Leaves and disconnects. */
  leave() {
    this.#final = true;
    // Closing the connection has the same effect, so nothing waits for the ack.
    this.#connection.sendEvent("leave", {}).catch(() => {});
    this.#connection.close();
  }

  /** Connects now instead of at the next attempt. */
  retry() {
    this.#connection.retry();
  }

  /** Abandons the connection and makes a new one. @param {string} reason */
  reconnect(reason) {
    this.#connection.drop(reason);
  }

  /** Requests the list of people: a hidden tab may have missed notices, or its connection. */
  async refresh() {
    if (this.#early || this.#final) return;
    const people = await peopleIn(this.#session.room).catch(() => undefined);
    if (!people || this.#early || this.#final) return;
    if (this.#includesMe(people)) this.#setPeople(people);
    else this.reconnect("The service closed the connection.");
  }

  /** @param {string} text */
  send(text) {
    const shown = addOwn(this.#me, text);
    const attempt = async () => {
      shown.sending();
      try {
        await this.#connection.sendToGroup(this.#session.group, { text });
        shown.sent();
      } catch (error) {
        shown.failed(whyNotSent(error), attempt);
      }
    };
    attempt();
  }

  get #me() {
    const { userId, name, moderator } = this.#session;
    return this.#people.get(userId) ?? { userId, name, moderator, muted: false };
  }

  /** @param {Person[]} people */
  #includesMe(people) {
    return people.some((person) => person.userId === this.#session.userId);
  }

  /** The same URL brings back the same person; after it has expired, a new one makes a new person. */
  async #url() {
    if (!isFresh(this.#session)) {
      this.#session = await negotiate(this.#session.name, this.#session.room);
      saveSession(this.#session);
    }
    return this.#session.url;
  }

  async #join() {
    this.#refusal = "";
    const { room } = this.#session;
    let acknowledged = true;
    await this.#connection.sendEvent("join", { room }).catch((error) => {
      if (error.name === "Lost") throw error;
      acknowledged = false;
    });
    const people = acknowledged ? await peopleIn(room) : [];
    if (!this.#includesMe(people)) {
      throw new Error(this.#refusal || "The server did not receive the join event: check the event handler.");
    }
    this.#setPeople(people);
    this.#greet();
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#received(message);
  }

  #greet() {
    const me = this.#me;
    if (this.#joins++) addNotice("Reconnected. Messages sent while you were offline are not shown.");
    else addNotice(`You joined ${this.#session.room}.${me.moderator ? " You are its moderator." : ""}`);
    this.#events.muted(me.muted ? "You are muted in this room. Your messages are not delivered." : "");
  }

  /** @param {any} message */
  #received({ fromUserId, data, ...rest }) {
    if (typeof data !== "object" || data === null) return;
    if (data.type === "refused" && rest.from === "server") {
      if (data.event === "join") this.#refusal = data.message;
      else showPeopleError(data.message);
    } else if (this.#early) {
      this.#early.push({ fromUserId, data, ...rest });
    } else if (fromUserId) {
      this.#receivedText(fromUserId, data);
    } else if (data.person) {
      // Only the Worker sends without a user id, so notices cannot be forged.
      this.#receivedNotice(data);
    }
  }

  /** @param {string} userId @param {any} data */
  #receivedText(userId, { text }) {
    if (typeof text !== "string") return;
    if (userId === this.#session.userId) return addOwn(this.#me, text).sent(); // From another tab.
    const person = this.#people.get(userId);
    if (!person) return;
    addMessage(person, text);
    this.#events.message();
  }

  /** @param {{ type: string, person: Person, by?: string }} notice */
  #receivedNotice({ type, person, by = "" }) {
    const { userId, name } = person;
    const mine = userId === this.#session.userId;
    const known = this.#people.has(userId);
    // An older connection of the reader is gone; this one is in the room.
    if (mine && type === "left") return;

    if (type === "left" || type === "removed") this.#people.delete(userId);
    else this.#people.set(userId, person);

    if (type === "joined" && !known) addNotice(bdi(name), " joined.");
    if (type === "left" && known) addNotice(bdi(name), " left.");
    if (type === "muted" || type === "unmuted" || type === "removed") {
      const moderator = by === this.#session.name ? "You" : bdi(by);
      addNotice(moderator, ` ${type} `, mine ? "you" : bdi(name), ".");
    }

    if (mine && type === "muted") {
      this.#events.muted(
        bdi(by),
        " muted you. Your messages are not delivered until a moderator unmutes you.",
      );
    }
    if (mine && type === "unmuted") this.#events.muted();
    if (mine && type === "removed") {
      this.#final = true;
      // No more notices arrive, so the list would soon be wrong.
      this.#people.clear();
      this.#connection.expectEnd();
      this.#events.removed(by);
    }
    this.#show();
  }

  /** @param {Person[]} people */
  #setPeople(people) {
    this.#people = new Map(people.map((person) => [person.userId, person]));
    this.#show();
  }

  #show() {
    showPeople([...this.#people.values()], this.#me, async (event, { userId, name }) => {
      try {
        await this.#connection.sendEvent(event, { userId });
      } catch {
        const why = ": the server did not respond. Try again when you are connected.";
        showPeopleError(`Could not ${event} `, bdi(name), why);
      }
    });
  }
}

/** @param {unknown} error */
function whyNotSent(error) {
  const name = error instanceof NotAcknowledged ? error.name : "";
  switch (name) {
    case "Forbidden":
      return "Not delivered: you are muted in this room.";
    case "NotConnected":
      return "Not sent: you are not connected.";
    case "Lost":
      return "Connection lost: this message may not have been delivered.";
    default:
      return "Not delivered: the service had a problem.";
  }
}
