// Everything that esbuild bundles: `node xtask/bundle.js package` writes the package's entries to pkg/dist/, and
// `node xtask/bundle.js emulator` those of the emulator's package to emulator/npm/dist/, once tsc has written the
// declarations there;
// `node xtask/bundle.js worker ENTRY OUT_DIR [--sources]` bundles a Worker as wrangler does and prints esbuild's metafile.
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
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
const PACKAGE = {
  bundle: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/**
 * Leaves functions that are values of constants, and classes that are not exported, without a name of their own. Bundlers
 * that keep names, as wrangler does, wrap each that has one, some 500 bytes in all; stack traces have the constants' names
 * anyway.
 */
const unnamed = (code, exported) =>
  code
    .replace(
      // From the start of a line to the end of one that is not indented, the same or a later one.
      /^var (\w+) = ((?:async )?(?:\w+|\([^\n]*?\)) => (?:.*|[^]*?\n\S.*)|class (?:extends \w+ )?\{[^]*?\n\});\n(?=\S|$)/gm,
      (code, name, value) =>
        value.startsWith("class") && exported.includes(name) ? code : `var ${name} = (0, ${value});\n`,
    )
    // Inside of functions, where each call would wrap them: to the line that closes what the first one opens.
    .replace(/^( +)(const \w+ = )(\([^\n]*?\) => [^\n]*\{(?=\n)[^]*?\n\1\}[^\n]*);$/gm, "$1$2(0, $3);");

/** The entries of the package. */
const ENTRIES = ["index", "slim", "testing"];

/** Takes the WebAssembly from the file that the entries for CommonJS share. */
const sharedWasm = {
  name: "shared-wasm",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#wasm$/ }, ({ path }) => ({ path, namespace: "shared-wasm" }));
    onLoad({ filter: /^/, namespace: "shared-wasm" }, () => ({
      contents: 'export { module as default } from "./wasm.cjs";',
      resolveDir: path("pkg/dist"),
    }));
  },
};

const bundlePackage = async (suffix, plugins) => {
  const { metafile, outputFiles } = await build({
    ...PACKAGE,
    write: false,
    entryPoints: Object.fromEntries(ENTRIES.map((entry) => [entry + suffix, path(`pkg/src/${entry}.ts`)])),
    outdir: path("pkg/dist"),
    format: "esm",
    external: ["#wasm"],
    metafile: true,
    plugins,
  });
  const exported = Object.values(metafile.outputs).flatMap((output) => output.exports);
  await Promise.all(outputFiles.map(({ path, text }) => writeFile(path, unnamed(text, exported))));
  return { metafile };
};

/**
 * Writes the entries for CommonJS, and the WebAssembly that they share. The main one adds it to the slim one, so that the
 * package holds the code once, and a program that requires both has one copy of each class.
 */
const bundleCommonJs = async () => {
  const { metafile } = await bundlePackage("", []);
  const namesOf = (entry) => {
    const [, output] = Object.entries(metafile.outputs).find(([file]) => file.endsWith(`/${entry}.js`));
    return output.exports.sort();
  };
  const options = { ...PACKAGE, external: ["./slim.cjs", "./wasm.cjs"], format: "cjs" };
  const entries = build({
    ...options,
    entryPoints: [path("pkg/src/slim.ts"), path("pkg/src/testing.ts")],
    outdir: path("pkg/dist"),
    outExtension: { ".js": ".cjs" },
    plugins: [sharedWasm],
  });
  const wasm = build({
    ...options,
    stdin: {
      contents: 'export { default as module } from "../wasm/inline.js";',
      resolveDir: path("pkg/dist"),
      sourcefile: "wasm.js",
    },
    outfile: path("pkg/dist/wasm.cjs"),
  });
  const main = build({
    ...options,
    stdin: {
      contents: `
        import { module } from "./wasm.cjs";
        import { init } from "./slim.cjs";
        init(module);
        export { ${namesOf("index").join(", ")} } from "./slim.cjs";`,
      resolveDir: path("pkg/dist"),
      sourcefile: "commonjs.js",
    },
    outfile: path("pkg/dist/index.cjs"),
  });
  const declarations = ENTRIES.map((entry) => declareCommonJs(entry, namesOf));
  await Promise.all([entries, wasm, main, ...declarations]);
};

/**
 * Writes the declarations of an entry for CommonJS. They refer to those for ES modules, so that an object of one format
 * has the same type in the other. TypeScript lets CommonJS import only types from an ES module: the values are declared
 * anew, with their doc comments.
 */
const declareCommonJs = async (entry, namesOf) => {
  const folder = path("pkg/dist/types/");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".d.ts"));
  const declared = (await Promise.all(files.map((file) => readFile(folder + file, "utf8")))).join("\n");
  const values = namesOf(entry).map((name) => {
    // In slim.ts, an export has another name than its declaration.
    const original = new RegExp(`export \\{ (\\w+) as ${name} \\}`).exec(declared)?.[1] ?? name;
    const pattern = String.raw`(/\*\*(?:(?!\*/)[^])*\*/\n)?export declare (class|const|enum) ${original}\b`;
    const [, comment = "", kind] = new RegExp(pattern).exec(declared);
    const type = kind === "const" ? "" : `export type ${name} = edge.${name};\n`;
    return `${comment}export declare const ${name}: typeof edge.${name};\n${type}`;
  });
  const from = `from "./${entry}.js" with { "resolution-mode": "import" };\n`;
  await writeFile(
    `${folder}${entry}.d.cts`,
    `import type * as edge ${from}export type * ${from}\n${values.join("\n")}`,
  );
};

/** Writes the emulator's package: the API in both formats, with its declarations for CommonJS, and the command. */
const bundleEmulator = async () => {
  const entry = (name) => path(`emulator/npm/src/${name}.ts`);
  const { name, optionalDependencies } = JSON.parse(
    await readFile(path("emulator/npm/package.json"), "utf8"),
  );
  const platforms = Object.keys(optionalDependencies).map((program) => program.replace(`${name}-`, ""));
  const options = {
    ...PACKAGE,
    platform: "node",
    target: "node20",
    outdir: path("emulator/npm/dist"),
    define: { PLATFORMS: JSON.stringify(platforms) },
  };
  await build({ ...options, entryPoints: [entry("index"), entry("cli")], format: "esm" });
  await build({
    ...options,
    entryPoints: [entry("index")],
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    define: { ...options.define, "import.meta.url": "__filename" },
  });
  // The same declarations: all that they import are types, which CommonJS may import from ES modules.
  const declarations = await readFile(path("emulator/npm/dist/types/index.d.ts"), "utf8");
  const fromModules = declarations.replace(
    / from "(.+)";$/gm,
    ' from "$1" with { "resolution-mode": "import" };',
  );
  await writeFile(path("emulator/npm/dist/types/index.d.cts"), fromModules);
};

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
    await Promise.all([bundleCommonJs(), bundlePackage(".edge", [withoutNode])]);
  } else if (command === "emulator") {
    await bundleEmulator();
  } else {
    const { metafile } = await bundleWorker(entry, outdir, option === "--sources");
    console.log(JSON.stringify(metafile));
  }
} catch (error) {
  // esbuild has printed its own errors.
  if (!error.errors) throw error;
  process.exitCode = 1;
}
