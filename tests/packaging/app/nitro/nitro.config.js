// Nitro imports .wasm files where it is told so.
export default { compatibilityDate: "2026-11-01", experimental: { wasm: true } };
