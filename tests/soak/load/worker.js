// The Worker as the load sees it: tasks by HTTP, counted; sends noted in the ledger.

export class WorkerUnderLoad {
  calls = 0;
  failures = new Map();
  #url;
  #ledger;
  #messages = 0;

  constructor(url, ledger) {
    this.#url = url;
    this.#ledger = ledger;
  }

  /** Has the Worker perform a task; returns `{ value }` or what the error is. */
  async perform(task) {
    this.calls += 1;
    const response = await fetch(`${this.#url}/-/task`, { method: "POST", body: JSON.stringify(task) });
    if (!response.ok) throw new Error(`the Worker responded ${response.status}: ${await response.text()}`);
    const outcome = await response.json();
    if (outcome.value === undefined) {
      const { kind, name, code, statusCode } = outcome;
      const words = [kind ?? name, code, statusCode].filter(Boolean).join(" ");
      this.failures.set(words, (this.failures.get(words) ?? 0) + 1);
    }
    return outcome;
  }

  /** The value of a task that must succeed. */
  async expect(task) {
    const outcome = await this.perform(task);
    if (outcome.value === undefined) throw new Error(`${task.method} failed: ${JSON.stringify(outcome)}`);
    return outcome.value;
  }

  /** Sends a message with an id of its own to those who must, or may, receive it. */
  async send(message, { must, may, client }) {
    const id = `m${++this.#messages}`;
    this.#ledger.open(id, must, may);
    this.#ledger.close(id, await this.perform({ client, send: { id, ...message } }));
  }
}
