/**
 * The package without its WebAssembly, for programs that load the file themselves: nothing works before
 * {@link init}. Everything else is as in `webpubsub-edge`.
 *
 * @example
 * ```ts
 * // a Cloudflare Worker
 * import module from "webpubsub-edge/webpubsub_edge.wasm";
 * import { init, WebPubSubServiceClient } from "webpubsub-edge/slim";
 *
 * init(module);
 * ```
 *
 * @module webpubsub-edge/slim
 */
export { start as init } from "./core.js";
export * from "./api.js";
