// The WebAssembly memory in use, without the package's help: instances made after this module was loaded are noted.
// Import it before the package.

const memories = [];

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, args) {
    const instance = new Instance(...args);
    const exported = Object.values(instance.exports);
    memories.push(...exported.filter((value) => value instanceof WebAssembly.Memory));
    return instance;
  },
});

/** Bytes of WebAssembly memory over all instances. */
export const wasmBytes = () => {
  if (memories.length === 0) throw new Error("no WebAssembly memory was seen: import wasm-memory.js first");
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
};
