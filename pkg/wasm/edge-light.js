// Vercel Edge, and Nitro for Workers: with `?module`, the import is a compiled WebAssembly.Module.
export { default } from "../dist/webpubsub_edge_bg.wasm?module";
