// Cloudflare Workers: an imported .wasm file is a compiled WebAssembly.Module.
export { default } from "../dist/webpubsub_edge_bg.wasm";
