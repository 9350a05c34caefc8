// The package's entry: starts the WebAssembly core, once and synchronously, then offers the API.
import { start } from "./lib/wasm.js";
import module from "#wasm";

start(module);

export * from "./lib/index.js";
