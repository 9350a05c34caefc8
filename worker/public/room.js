// Being in a room: keeps who is here up to date, turns what arrives into words, and sends what is said.

import { isFresh, negotiate, peopleIn, saveSession } from "./api.js";
import { Connection, NotAcknowledged } from "./connection.js";
import { addMessage, addNotice, addOwn } from "./messages.js";
import { showPeople, showPeopleError } from "./people.js";

/** @typedef {import("./api.js").Person} Person */
/** @typedef {import("./api.js").Session} Session */

/**
 * @typedef {object} Events
 * @property {(status: import("./connection.js").Status, final: boolean) => void} status
 * @property {(text: string) => void} muted Whether, and by whom, the reader is muted; empty when not.
 * @property {(by: string) => void} removed A moderator put the reader out.
 * @property {() => void} said Somebody else said something.
 */

export class Room {
  /** @type {Session} */ #session;
  /** @type {Events} */ #events;
  /** @type {Map<string, Person>} */ #people = new Map();
  /** What arrives before it is known who is here. @type {any[] | undefined} */ #early;
  #refusal = "";
  #visits = 0;
  #final = false;
  #connection = new Connection({
    url: () => this.#url(),
    ready: () => this.#join(),
    message: (message) => this.#received(message),
    status: (status) => this.#events.status(status, this.#final),
  });

  /** @param {Session} session @param {Events} events */
  constructor(session, events) {
    this.#session = session;
    this.#events = events;
  }

  /** Connects and joins. Rejects, in words, when it cannot. */
  async enter() {
    await this.#connection.open();
  }

  /** Says goodbye and disconnects. */
  leave() {
    this.#final = true;
    // Closing says the same, so the answer need not be awaited.
    this.#connection.sendEvent("leave", {}).catch(() => {});
    this.#connection.close();
  }

  /** Tries to connect now. */
  retry() {
    this.#connection.retry();
  }

  /** Asks again who is here: what a sleeping tab may have missed. */
  async refresh() {
    if (this.#early || this.#final) return;
    const people = await peopleIn(this.#session.room).catch(() => undefined);
    if (people && !this.#early) this.#setPeople(people);
  }

  /** @param {string} text */
  say(text) {
    const shown = addOwn(this.#me, text);
    const send = async () => {
      shown.sending();
      try {
        await this.#connection.sendToGroup(this.#session.group, { text });
        shown.sent();
      } catch (error) {
        shown.failed(whyNotSent(error), send);
      }
    };
    send();
  }

  get #me() {
    const { userId, name, moderator } = this.#session;
    return this.#people.get(userId) ?? { userId, name, moderator, muted: false };
  }

  /** The URL is the right to come back as the same person; when it has run out, a new one is a new person. */
  async #url() {
    if (!isFresh(this.#session)) {
      this.#session = await negotiate(this.#session.name, this.#session.room);
      saveSession(this.#session);
    }
    return this.#session.url;
  }

  async #join() {
    this.#early = [];
    this.#refusal = "";
    const { room, userId } = this.#session;
    let asked = true;
    await this.#connection.sendEvent("join", { room }).catch((error) => {
      if (error.name === "Lost") throw error;
      asked = false;
    });
    const people = asked ? await peopleIn(room) : [];
    if (!people.some((person) => person.userId === userId)) {
      throw new Error(this.#refusal || "The server did not hear of you. Is the service's event handler set?");
    }
    this.#setPeople(people);
    this.#greet();
    const early = this.#early;
    this.#early = undefined;
    for (const message of early) this.#received(message);
  }

  #greet() {
    const me = this.#me;
    if (this.#visits++) addNotice("You are back. What was said meanwhile is not shown.");
    else addNotice(`You entered ${this.#session.room}.${me.moderator ? " You moderate it." : ""}`);
    this.#events.muted(me.muted ? "You are muted here. What you write is not delivered." : "");
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
      this.#heard(fromUserId, data);
    } else if (data.person) {
      // Only the Worker sends without a user id, so nobody can forge these.
      this.#noticed(data);
    }
  }

  /** @param {string} userId @param {any} data */
  #heard(userId, { text }) {
    if (typeof text !== "string") return;
    if (userId === this.#session.userId) return addOwn(this.#me, text).sent(); // From another tab.
    const person = this.#people.get(userId);
    if (!person) return;
    addMessage(person, text);
    this.#events.said();
  }

  /** @param {{ type: string, person: Person, by?: string }} notice */
  #noticed({ type, person, by = "" }) {
    const { userId, name } = person;
    const mine = userId === this.#session.userId;
    const known = this.#people.has(userId);
    const actor = by === this.#session.name ? "You" : by;

    if (type === "left" || type === "removed") this.#people.delete(userId);
    else this.#people.set(userId, person);

    if (type === "joined" && !known) addNotice(`${name} joined.`);
    if (type === "left" && known) addNotice(`${name} left.`);
    if (type === "removed") addNotice(`${actor} removed ${mine ? "you" : name}.`);
    if (type === "muted" || type === "unmuted") addNotice(`${actor} ${type} ${mine ? "you" : name}.`);

    if (mine && type === "muted") {
      this.#events.muted(`${by} muted you. What you write is not delivered until ${by} unmutes you.`);
    }
    if (mine && type === "unmuted") this.#events.muted("");
    if (mine && type === "removed") {
      this.#final = true;
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
        showPeopleError(
          `${name} could not be ${event}d: there was no answer. Try again when you are connected.`,
        );
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
    case "Timeout":
    case "Lost":
      return "The connection broke: this may not have been delivered.";
    default:
      return "The service could not deliver this.";
  }
}
