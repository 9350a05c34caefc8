/**
 * The type of the file `webpubsub-edge/webpubsub_edge.wasm` where runtimes and bundlers import WebAssembly as a
 * module to instantiate, above all Cloudflare Workers. There is no JavaScript of it.
 */
import type { HostModule } from "./platform.js";

declare const module: HostModule;

export default module;
