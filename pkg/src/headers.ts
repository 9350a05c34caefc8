/** The headers of raw requests and responses, in the shape of the official client: `get` returns no `null`. */
import type { HttpHeaders } from "./errors.js";

/** Headers by their names, in any letter case. */
export class PlainHeaders implements HttpHeaders {
  #values: Map<string, string>;

  /** @param pairs - Names in lower case, each once, and values. */
  constructor(pairs: Iterable<readonly [name: string, value: string]>) {
    this.#values = new Map(pairs);
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  [Symbol.iterator](): Iterator<[name: string, value: string]> {
    return this.#values.entries();
  }
}
