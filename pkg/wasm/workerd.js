// Cloudflare Workers: the import of a .wasm file is a compiled WebAssembly.Module.
export { default } from "../dist/webpubsub_edge_bg.wasm";
