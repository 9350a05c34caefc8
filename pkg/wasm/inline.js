// Deno, Bun, Node, browsers and bundlers: the bytes travel inside the JavaScript, so that no file, permission or
// bundler plugin is needed.
import base64 from "../dist/wasm-base64.js";

export default new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
