/**
 * The package without its WebAssembly, for who loads that file in a way of their own: nothing works before
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
 * @packageDocumentation
 */
import type { HostModule } from "./types/wasm.js";

export * from "./index.js";

/**
 * Starts the WebAssembly core, synchronously. Does nothing when it runs already.
 *
 * @param module - `webpubsub-edge/webpubsub_edge.wasm`, compiled.
 * @throws TypeError with the code `InvalidModule` if it is anything else.
 */
export declare function init(module: HostModule): void;
