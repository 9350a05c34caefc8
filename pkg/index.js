// The package's entry: starts the WebAssembly core, once and synchronously, then offers the API.
import { initSync } from "./dist/webpubsub_edge.js";
import module from "#wasm";

initSync({ module });

export * from "./lib/index.js";
