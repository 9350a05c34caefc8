// Deno, Bun, Node, browsers and bundlers: the bytes are part of the JavaScript, so that no file, permission or
// bundler plugin is needed.
import base64 from "../dist/wasm-base64.js";

// A loop where `fromBase64` is missing: `Uint8Array.from` with a function takes ten times as long.
const decode = (text) => {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
};

const compile = (bytes) => {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    const message =
      typeof WebAssembly === "undefined"
        ? "This runtime has no WebAssembly, which webpubsub-edge needs: run it in another runtime, or use the crate " +
          "webpubsub-edge in Rust"
        : "This runtime does not allow WebAssembly to be compiled here. Make the bundler resolve webpubsub-edge by " +
          'the condition "workerd" or "edge-light" (in Next.js for Workers: serverExternalPackages: ' +
          '["webpubsub-edge"]), or pass a compiled module to init() of webpubsub-edge/slim';
    throw Object.assign(new Error(message, { cause }), { code: "WASM_NOT_COMPILED" });
  }
};

export default compile(Uint8Array.fromBase64?.(base64) ?? decode(base64));
