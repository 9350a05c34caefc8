// Vercel Edge: `?module` imports a compiled WebAssembly.Module. The host may have made it in another realm, where it
// is no `instanceof` this realm's WebAssembly.Module, which the glue asks for; the prototype is all that it lacks.
import module from "../dist/webpubsub_edge_bg.wasm?module";

export default Object.setPrototypeOf(module, WebAssembly.Module.prototype);
