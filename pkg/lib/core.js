// Objects of the WebAssembly core.
import { instance, make } from "./wasm.js";

/**
 * Objects that are not given back, where no FinalizationRegistry does that (Workers before the compatibility date
 * 2025-05-05). There are at most so many: the oldest is given back, and made anew should it be needed.
 */
const kept = typeof FinalizationRegistry === "undefined" ? new Set() : undefined;
const MOST = 100;

/** Holds one object of the core: made when it is needed, and anew when its instance is gone. */
export class Core {
  #make;
  #object;
  #instance;

  /** `args` gives the arguments of the constructor, those of the moment when it is called. */
  constructor(Class, args) {
    this.#make = () => make(Class, ...args());
  }

  get() {
    const now = instance();
    if (this.#object === undefined || this.#instance !== now) {
      this.#object = this.#make();
      this.#instance = now;
      if (kept?.add(this).size > MOST) kept.values().next().value.free();
    }
    return this.#object;
  }

  /** Gives the object's memory back; a later use makes it anew. */
  free() {
    kept?.delete(this);
    const object = this.#object;
    this.#object = undefined;
    if (this.#instance === instance()) object?.free();
  }
}
