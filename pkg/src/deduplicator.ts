/** The detection of events that the service sends again, because a response was lost or was a 5xx. */
import { limit, object } from "./arguments.js";
import type { ConnectionContext } from "./event-requests.js";

/** Options for `new EventDeduplicator()`. */
export interface EventDeduplicatorOptions {
  /** Maximum number of remembered events; the oldest are forgotten first. Default: 10000. */
  maxEntries?: number;
  /** Time that an event is remembered, in milliseconds. Default: 600000, longer than the service retries. */
  maxAgeInMs?: number;
}

/**
 * Remembers the events that have arrived: the service sends an event again if the response was lost or was a 5xx.
 *
 * The memory is local to this isolate. An effect that must happen at most once needs a store that all isolates
 * share, with the same key: `connectionId` and `id`.
 *
 * @example
 * ```ts
 * const seen = new EventDeduplicator();
 * const handleUserEvent = async (req: UserEventRequest) => {
 *   if (seen.isDuplicate(req.context)) return;
 *   try {
 *     await save(req.data);
 *   } catch (error) {
 *     seen.forget(req.context); // accept the retry
 *     throw error;
 *   }
 * };
 * ```
 */
export class EventDeduplicator {
  #maxEntries: number;
  #maxAge: number;
  // In order of arrival, as a Map iterates in the order of insertion.
  #arrivals: Map<string, number> = new Map();

  /** @throws RangeError with the code `InvalidOption` if a limit is not a positive integer. */
  constructor(options?: EventDeduplicatorOptions) {
    const { maxEntries = 10_000, maxAgeInMs = 600_000 } = object(options, "options", [
      "maxEntries",
      "maxAgeInMs",
    ]);
    this.#maxEntries = limit(maxEntries, 'option "maxEntries"');
    this.#maxAge = limit(maxAgeInMs, 'option "maxAgeInMs"');
  }

  /** Whether the event has arrived before; remembers it if not. An event without an id is never a duplicate. */
  isDuplicate(context: ConnectionContext): boolean {
    if (context.id === undefined) return false;
    const now = Date.now();
    for (const [key, arrival] of this.#arrivals) {
      if (now - arrival <= this.#maxAge) break;
      this.#arrivals.delete(key);
    }
    const key = keyOf(context);
    if (this.#arrivals.has(key)) return true;
    this.#arrivals.set(key, now);
    for (const [oldest] of this.#arrivals) {
      if (this.#arrivals.size > this.#maxEntries) this.#arrivals.delete(oldest);
      break;
    }
    return false;
  }

  /** Forgets an event, so that its retry is not a duplicate. */
  forget(context: ConnectionContext): void {
    this.#arrivals.delete(keyOf(context));
  }
}

// MQTT client ids are reused, and event ids then start over: the network connection distinguishes them.
const keyOf = ({ connectionId, mqtt, id }: ConnectionContext): string =>
  JSON.stringify([connectionId, mqtt?.physicalConnectionId, id]);
