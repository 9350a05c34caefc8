// The account of every message: who should receive it, what its sender saw, and who received it how often.

/** How long after its send a message is judged, in milliseconds: longer than any call, delay and delivery together. */
const JUDGED_AFTER = 15_000;

/** Kinds of errors that say that the message was rejected. */
const REJECTED = new Set(["InvalidRequest", "NotFound", "TooManyRequests"]);

/** `accepted`, `rejected` or `unknown`. */
const knowledge = ({ value, kind, statusCode }) => {
  if (value !== undefined) return "accepted";
  return REJECTED.has(kind) || statusCode === 503 ? "rejected" : "unknown";
};

export class Ledger {
  /** Sends by what their callers know, deliveries, and everything that must not be. */
  counts = { accepted: 0, rejected: 0, unknown: 0, deliveries: 0 };
  violations = [];
  #entries = new Map();
  #acceptedByService;

  constructor(acceptedByService) {
    this.#acceptedByService = acceptedByService;
  }

  /** Notes a send, before it is made; `must` are the clients that should receive it, `may` those that can. */
  open(id, must, may = () => false) {
    this.#entries.set(id, { id, must: new Set(must), may, received: new Map(), opened: Date.now() });
  }

  /** Notes what the sender saw. */
  close(id, outcome) {
    const entry = this.#entries.get(id);
    entry.outcome = outcome;
    entry.known = knowledge(outcome);
    this.counts[entry.known] += 1;
  }

  /** Notes that a client received a message. */
  receive(id, client) {
    this.counts.deliveries += 1;
    const entry = this.#entries.get(id);
    if (!entry)
      return this.#violate(`${client} received ${id}, which nobody sent or which was judged before`);
    entry.received.set(client, (entry.received.get(client) ?? 0) + 1);
  }

  /** Whether each message that was accepted has reached all its recipients. */
  get isSettled() {
    return [...this.#entries.values()].every(
      ({ known, must, received }) =>
        known !== "accepted" || [...must].every((client) => received.has(client)),
    );
  }

  /** Whether a message that was accepted has yet to reach a client. */
  isOwed(client) {
    return [...this.#entries.values()].some(
      ({ known, must, received }) => known === "accepted" && must.has(client) && !received.has(client),
    );
  }

  /** Judges the messages that are old enough, or all. */
  judge(all = false) {
    for (const entry of this.#entries.values()) {
      if (!all && (!entry.known || Date.now() - entry.opened < JUDGED_AFTER)) continue;
      this.#judge(entry);
      this.#entries.delete(entry.id);
      this.#acceptedByService.delete(entry.id);
    }
  }

  #judge({ id, must, may, received, outcome, known }) {
    const times = this.#acceptedByService.get(id) ?? 0;
    const about = `${id}, whose sender saw ${JSON.stringify(outcome)}`;
    if (known === undefined) return this.#violate(`${id}: the call did not end`);
    if (times > 1) this.#violate(`the service accepted ${about}, ${times} times`);
    if (known === "accepted" && times < 1) this.#violate(`the service did not accept ${about}`);
    if (known === "rejected" && times > 0) this.#violate(`the service accepted ${about}`);
    for (const [client, count] of received) {
      if (!must.has(client) && !may(client)) this.#violate(`${client} received ${about}, but should not`);
      if (count > 1) this.#violate(`${client} received ${about}, ${count} times`);
      if (times < 1) this.#violate(`${client} received ${about}, which the service did not accept`);
    }
    // A message with an unknown outcome may have been accepted late, when its recipients were gone.
    if (known !== "accepted" || times < 1) return;
    for (const client of must) {
      if (!received.has(client)) this.#violate(`${client} did not receive ${about}`);
    }
  }

  #violate(text) {
    this.violations.push(text);
  }
}
