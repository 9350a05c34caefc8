// Vercel Edge, and Nitro for Workers: `?module` imports a compiled WebAssembly.Module.
export { default } from "../dist/webpubsub_edge_bg.wasm?module";
