// Headers of a request or a response as the official client shows them: names in lower case, `get` gives
// undefined and not null for what is not there.

/** @param {Iterable<[string, string]>} pairs */
export const httpHeaders = (pairs) => new HttpHeaders(pairs);

class HttpHeaders {
  #values = new Map();

  constructor(pairs) {
    for (const [name, value] of pairs) this.#values.set(name.toLowerCase(), value);
  }

  get(name) {
    return this.#values.get(name.toLowerCase());
  }

  has(name) {
    return this.#values.has(name.toLowerCase());
  }

  toJSON() {
    return Object.fromEntries(this.#values);
  }

  [Symbol.iterator]() {
    return this.#values[Symbol.iterator]();
  }
}
