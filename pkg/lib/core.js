// Objects of the WebAssembly core.
import { generation, make } from "./wasm.js";

/** Holds one object of the core: made when it is needed, and anew when its instance is gone. */
export class Core {
  #make;
  #object;
  #generation;

  /** `args` gives the arguments of the constructor, those of the moment when it is called. */
  constructor(Class, args) {
    this.#make = () => make(Class, ...args());
  }

  get() {
    if (this.#object === undefined || this.#generation !== generation) {
      this.#object = this.#make();
      this.#generation = generation;
    }
    return this.#object;
  }

  /** Gives the object's memory back; a later use makes it anew. */
  free() {
    if (this.#generation === generation) this.#object?.free();
    this.#object = undefined;
  }
}
