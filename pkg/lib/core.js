// Objects of the WebAssembly core.

/** Holds one object of the core, made when it is first needed. */
export class Core {
  #make;
  #object;

  /** @param {() => object} make makes the object */
  constructor(make) {
    this.#make = make;
  }

  get() {
    return (this.#object ??= this.#make());
  }

  /** Gives the object's memory back; a later use makes it anew. */
  free() {
    this.#object?.free();
    this.#object = undefined;
  }
}
