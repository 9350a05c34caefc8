// Bundles by esbuild, for runtimes that take no packages.
import { createRequire } from "node:module";
import { tool } from "../programs.js";

const { build } = createRequire(import.meta.url)(tool("esbuild"));

/** Bundles one file, with these conditions for the package's entries and other options of esbuild. */
export const bundle = (entry, outfile, options) =>
  build({ entryPoints: [entry], outfile, bundle: true, format: "esm", logLevel: "error", ...options });
