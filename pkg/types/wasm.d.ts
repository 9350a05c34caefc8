/**
 * The file `webpubsub-edge/webpubsub_edge.wasm`, as runtimes and bundlers give it that import WebAssembly as a module
 * to instantiate: Cloudflare Workers above all.
 *
 * In here: that, and the type of the module. Not in here: the types of what the file exports, which are private.
 */

/** The runtime's own `WebAssembly.Module` where the program knows one, else any object. */
export type HostModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : object;

declare const module: HostModule;

export default module;
