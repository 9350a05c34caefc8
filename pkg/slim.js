// The entry without the WebAssembly: the caller brings the module, and starts it before anything else.
export { start as init } from "./lib/wasm.js";
export * from "./lib/index.js";
