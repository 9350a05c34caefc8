// Everything that esbuild bundles: `node xtask/bundle.js package` writes the package's entries to pkg/dist/, and
// `node xtask/bundle.js worker ENTRY OUT_DIR [--sources]` bundles a Worker as wrangler does and prints esbuild's metafile.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** Leaves the adapter for Node's requests out. */
const withoutNode = {
  name: "without-node",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/node\.[jt]s$/ }, () => ({ path: path("pkg/src/no-node.ts") }));
  },
};

/** Not minified: white space costs little after compression, and minifying drops the comments that allow tree shaking. */
const bundlePackage = (suffix, plugins) =>
  build({
    entryPoints: { [`index${suffix}`]: path("pkg/src/index.ts"), [`slim${suffix}`]: path("pkg/src/slim.ts") },
    outdir: path("pkg/dist"),
    bundle: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    external: ["#wasm"],
    logLevel: "warning",
    plugins,
  });

/** With `sources`, from the package's TypeScript instead of its build, so that each source file is accounted for. */
const bundleWorker = (entry, outdir, sources) =>
  build({
    entryPoints: [entry],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2024",
    keepNames: true,
    minify: true,
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    metafile: true,
    logLevel: "warning",
    ...(sources && { alias: { "webpubsub-edge": path("pkg/src/index.ts") }, plugins: [withoutNode] }),
  });

const [command, entry, outdir, option] = process.argv.slice(2);
try {
  if (command === "package") {
    await Promise.all([bundlePackage("", []), bundlePackage(".edge", [withoutNode])]);
  } else {
    const { metafile } = await bundleWorker(entry, outdir, option === "--sources");
    console.log(JSON.stringify(metafile));
  }
} catch {
  // esbuild has printed its errors.
  process.exitCode = 1;
}
