// Deno, Bun, Node, browsers and bundlers: the bytes travel inside the JavaScript, so that no file, permission or
// bundler plugin is needed.
import base64 from "../dist/wasm-base64.js";

// A loop where there is no `fromBase64`: `Uint8Array.from` with a function takes ten times as long.
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
      "This host does not let WebAssembly be compiled here. Have the bundler resolve webpubsub-edge by the condition " +
      '"workerd" or "edge-light", in Next.js for Workers by serverExternalPackages: ["webpubsub-edge"]; ' +
      "or bring the module along with webpubsub-edge/slim";
    throw Object.assign(new Error(message, { cause }), { code: "WASM_NOT_COMPILED" });
  }
};

export default compile(Uint8Array.fromBase64?.(base64) ?? decode(base64));
