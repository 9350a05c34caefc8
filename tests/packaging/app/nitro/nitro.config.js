// Nitro imports .wasm files where it is told so.
export default {
  preset: "cloudflare-module",
  compatibilityDate: "2026-11-01",
  experimental: { wasm: true },
};
