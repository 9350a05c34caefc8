// What is in the package: every file that an entry leads to, the licences, the readme, and nothing else.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import { root, run, tool } from "../programs.js";

const PAPERS = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];

/** Checks by name; each gets the folder of the installed package and the tarball. */
export const CHECKS = {
  "no file is missing, none too many": async (folder) => {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const needed = new Set(PAPERS);
    const entries = [...targets(manifest.exports), ...targets(manifest.imports)];
    for (const entry of entries) await follow(folder, posix.normalize(entry), needed);
    assert.deepEqual(await filesIn(folder), [...needed].sort());
  },

  "nothing tells of the machine that built it": async (folder) => {
    for (const file of await filesIn(folder)) {
      const bytes = await readFile(join(folder, file));
      for (const path of [root, join(homedir(), ".cargo")])
        assert(!bytes.includes(path), `${file} holds ${path}`);
    }
  },

  // As in a Worker whose bundler took the entry for other hosts; Node can be told to refuse as well.
  "a host that compiles nothing: what to do": async (folder) => {
    const script = 'import("webpubsub-edge").catch(({ code, message }) => console.log(code, message))';
    const said = await run(process.execPath, ["--wasm-max-module-size=1", "--eval", script], { cwd: folder });
    assert.match(said, /^WASM_NOT_COMPILED .*"workerd".*serverExternalPackages.*webpubsub-edge\/slim/);
  },

  "a host without WebAssembly: what to do": async (folder) => {
    const script = 'import("webpubsub-edge").catch(({ code, message }) => console.log(code, message))';
    const said = await run(process.execPath, ["--jitless", "--eval", script], { cwd: folder });
    assert.match(said, /^WASM_NOT_COMPILED This runtime has no WebAssembly.*crate webpubsub-edge in Rust/);
  },

  // Where Node can require ES modules, it has one copy. Elsewhere, a program that mixes formats has two.
  "CommonJS and ES modules side by side": async (folder) => {
    const script = `
      const cjs = require("webpubsub-edge");
      const { WebPubSubServiceClient } = require("webpubsub-edge/slim");
      import("webpubsub-edge").then((esm) =>
        console.log(
          cjs.RestError === esm.RestError,
          esm.isRestError(new cjs.RestError("")),
          Object.keys(cjs).sort().join() === Object.keys(esm).sort().join(),
          cjs.WebPubSubServiceClient === WebPubSubServiceClient,
        ),
      );`;
    const load = (...flags) => run(process.execPath, [...flags, "--eval", script], { cwd: folder });
    assert.equal(await load(), "true true true false\n");
    assert.equal(await load("--no-experimental-require-module"), "false true true true\n");
  },

  "publint --strict": (_, tarball) =>
    run(process.execPath, [tool("publint/src/cli.js"), "--strict", tarball]),

  // A .wasm file has no types for module resolution of before package.json had exports.
  attw: (_, tarball) =>
    run(process.execPath, [
      tool("@arethetypeswrong/cli/dist/index.js"),
      tarball,
      "--exclude-entrypoints=webpubsub_edge.wasm",
    ]),
};

/** All files that a map of exports or imports names. */
const targets = (map) => (typeof map === "string" ? [map] : Object.values(map).flatMap(targets));

const filesIn = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => posix.relative(folder, join(file.parentPath ?? file.path, file.name))).sort();
};

/** Adds a file, and all that it imports by relative paths. */
const follow = async (folder, file, found) => {
  if (found.has(file)) return;
  found.add(file);
  if (!/\.c?[jt]s$/.test(file)) return;
  const text = await readFile(join(folder, file), "utf8");
  for (const [, path] of text.matchAll(/\b(?:from|import|require)\s*\(?["'](\.{1,2}\/[^"']+)["']/g)) {
    const target = posix.join(posix.dirname(file), path.replace(/\?module$/, ""));
    await follow(folder, /\.d\.c?ts$/.test(file) ? target.replace(/\.js$/, ".d.ts") : target, found);
  }
};
