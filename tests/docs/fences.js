// The code blocks of the project's Markdown files, and which check is responsible for each.
//
// In here: the one list of languages and their checks. Not in here: the checks.
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../programs.js";

/** The check of a block, by its language. A block of another language, or of none, is an error. */
const CHECKS = {
  ts: "script",
  js: "script",
  sh: "commands",
  rust: "doctest",
  json: "data",
  jsonc: "data",
  yaml: "data",
  ini: "variables",
  // Diagrams and addresses, in which there is nothing to run.
  text: "none",
};

/** Files whose blocks are all checked by a test of their own, which names the file. */
const ELSEWHERE = {
  "emulator/README.md": "tests/emulator-package/readme.js",
  "emulator/docs/admin.md": "emulator/tests/emulator/admin_docs.rs",
};

/** The file that includes the Markdown files with Rust, which rustdoc then tests. */
const LIBRARY = "src/lib.rs";

/** The Markdown files of the project, as Git knows them, new ones included. */
export const markdownFiles = () =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter(Boolean);

/** The blocks of a Markdown text: `{ language, line, code }`, without the indentation of a list. */
export const blocksOf = (text) => {
  const blocks = [];
  let open;
  text.split("\n").forEach((line, i) => {
    const [, indent, ticks, language] = /^( *)(`{3,})(\w*)/.exec(line) ?? [];
    if (!open && ticks) open = { ticks, indent: indent.length, language, line: i + 2, code: "" };
    else if (open && line.trim() === open.ticks) {
      blocks.push({ language: open.language, line: open.line, code: open.code });
      open = undefined;
    } else if (open) open.code += `${line.slice(Math.min(open.indent, line.search(/\S|$/)))}\n`;
  });
  if (open) throw new Error(`a code block that begins before line ${open.line} does not end`);
  return blocks;
};

/** All blocks that are checked here: `{ file, language, line, code, check }`. */
export const fences = async () => {
  const found = [];
  for (const file of markdownFiles()) {
    const text = await readFile(join(root, file), "utf8");
    const blocks = blocksOf(text);
    if (ELSEWHERE[file]) {
      const test = await readFile(join(root, ELSEWHERE[file]), "utf8");
      const name = file.split("/").slice(1).join("/");
      if (!test.includes(name)) throw new Error(`${ELSEWHERE[file]} does not read ${file}`);
      continue;
    }
    for (const block of blocks) {
      const check = CHECKS[block.language];
      if (!check) {
        const known = Object.keys(CHECKS).join(", ");
        throw new Error(
          `${file}:${block.line}: no check knows code blocks in "${block.language}": use one of ${known}, or add a check`,
        );
      }
      found.push({ file, check, ...block });
    }
  }
  for (const { file } of found.filter(({ check }) => check === "doctest")) await expectDoctest(file);
  return found;
};

/** Fails unless the library includes the file, so that `cargo test` runs its Rust. */
const expectDoctest = async (file) => {
  const source = await readFile(join(root, LIBRARY), "utf8");
  if (!source.includes(`include_str!("../${file}")`))
    throw new Error(`${file} has Rust, but ${LIBRARY} does not include it for rustdoc`);
};

const SNIPPETS = join(root, "docs/.snippets");

/** The file that a block of TypeScript or JavaScript is written to; the configurations of tests/types compile it. */
export const snippetFile = ({ file, line, language }) =>
  join(SNIPPETS, language, `${file.replaceAll("/", "-")}-${line}.ts`);

/**
 * Writes each block of TypeScript or JavaScript to its file. All are modules, so that they may declare the same names; an
 * event handler is exported, so that it can be tried. A file that is right already is left alone: somebody may be reading it.
 */
export const extract = async () => {
  const scripts = (await fences()).filter(({ check }) => check === "script");
  const files = new Set(scripts.map(snippetFile));
  const before = await readdir(SNIPPETS, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const { name, parentPath, path } of before.filter((entry) => entry.isFile())) {
    const file = join(parentPath ?? path, name);
    if (!files.has(file)) await rm(file);
  }
  for (const script of scripts) {
    const file = snippetFile(script);
    const source = `${script.code}export { ${/^const events\b/m.test(script.code) ? "events" : ""} };\n`;
    if ((await readFile(file, "utf8").catch(() => {})) === source) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, source);
  }
  return scripts;
};
