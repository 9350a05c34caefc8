// Which events came already: the service sends one again when the answer was lost or a failure.
import { argumentError } from "./errors.js";

/** Remembers events for a while, in this isolate. */
export class EventDeduplicator {
  #maxEntries;
  #maxAge;
  // By when they came: a Map iterates in the order of insertion.
  #known = new Map();

  constructor({ maxEntries = 10_000, maxAgeInMs = 600_000 } = {}) {
    for (const [name, limit] of Object.entries({ maxEntries, maxAgeInMs })) {
      if (!Number.isSafeInteger(limit) || limit < 1) {
        throw argumentError(`The option "${name}" is not a positive integer`, "InvalidOption", true);
      }
    }
    this.#maxEntries = maxEntries;
    this.#maxAge = maxAgeInMs;
  }

  isDuplicate(context) {
    if (context.id === undefined) return false;
    const now = Date.now();
    for (const [key, since] of this.#known) {
      if (now - since <= this.#maxAge) break;
      this.#known.delete(key);
    }
    const key = keyOf(context);
    if (this.#known.has(key)) return true;
    this.#known.set(key, now);
    if (this.#known.size > this.#maxEntries) this.#known.delete(this.#known.keys().next().value);
    return false;
  }

  forget(context) {
    this.#known.delete(keyOf(context));
  }
}

// An MQTT client id comes back, with events that count from the start: the network connection tells them apart.
const keyOf = ({ connectionId, mqtt, id }) => JSON.stringify([connectionId, mqtt?.physicalConnectionId, id]);
