// The shell commands in Markdown files: each is run, or its arguments are given to the program together with `--help`, so
// that a name that the program does not know is an error.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { node, program, root, run, tool } from "../programs.js";

/** The commands of a block, as lists of words: comments, assignments and a last `&` are left out. */
export const commandsOf = (code) =>
  code
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap((line) => line.split("&&"))
    .map((line) =>
      [...line.replace(/(^|\s)#.*$/, "").matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
        word.replaceAll(/["']/g, ""),
      ),
    )
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .map((words) => (words.at(-1) === "&" ? words.slice(0, -1) : words))
    .filter((words) => words.length > 0);

const json = async (path) => JSON.parse(await readFile(join(root, path), "utf8"));

/** The npm packages of the project, and those that its lockfiles pin. */
const npmPackages = async () => {
  const own = ["pkg/package.json", "emulator/npm/package.json"].map(async (path) => (await json(path)).name);
  const pinned = ["package-lock.json", "docs/package-lock.json", "tests/tools/package-lock.json"].map(
    async (path) =>
      Object.keys((await json(path)).packages).map((name) => name.split("node_modules/").at(-1)),
  );
  return new Set([...(await Promise.all(own)), ...(await Promise.all(pinned)).flat()]);
};

const expectPackages = async (words) => {
  const known = await npmPackages();
  const names = words.filter((word) => !word.startsWith("-")).map((word) => word.replace(/^npm:/, ""));
  assert(names.length > 0, "it names no package");
  for (const name of names)
    assert(known.has(name), `neither the project nor a lockfile has the package ${name}`);
};

/** The crates of the workspace. */
const crates = () => {
  const args = ["metadata", "--no-deps", "--format-version=1", "--offline"];
  return JSON.parse(execFileSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 }))
    .packages;
};

const crate = (name) => {
  const found = crates().find((crate) => crate.name === name);
  assert(found, `the workspace has no crate ${name}`);
  return found;
};

/** The options of the Azure CLI that the pages use, from its reference; the CLI itself is not installed. */
const AZURE = {
  // https://learn.microsoft.com/cli/azure/webpubsub/hub
  "webpubsub hub create": ["--name", "--resource-group", "--hub-name", "--event-handler"],
};

const PROGRAMS = {
  cargo: async ([command, ...words], { emulator, xtask }) => {
    if (command === "xtask") return run(xtask, [...words, "--help"]);
    if (command === "run") {
      assert.deepEqual(words.slice(0, 3), ["-p", "webpubsub-emulator", "--"]);
      return run(emulator, [...words.slice(3), "--help"]);
    }
    const [name, ...options] = words;
    if (command === "install") {
      if (name === "worker-build") return assert.deepEqual(options, []);
      return assert(
        crate(name).targets.some(({ kind }) => kind.includes("bin")),
        `${name} has no program`,
      );
    }
    assert.equal(command, "add");
    const { features } = crate(name);
    const at = options.indexOf("--features");
    const wanted = at < 0 ? [] : options.splice(at, 2)[1].split(",");
    for (const feature of wanted) assert(features[feature], `${name} has no feature ${feature}`);
    assert.deepEqual(
      options.filter((option) => option !== "--no-default-features"),
      [],
    );
  },
  npm: async ([command, ...words]) => {
    if (command === "install") return expectPackages(words);
    assert.equal(command, "start");
    for (const name of Object.keys((await json("package-lock.json")).packages)) {
      if (!/^examples\/[\w-]+$/.test(name)) continue;
      assert((await json(`${name}/package.json`)).scripts.start, `${name} has no script "start"`);
    }
  },
  npx: async ([command, ...words], { emulator }) => {
    if (command === "webpubsub-emulator") return run(emulator, [...words, "--help"]);
    if (command === "wrangler") return wrangler(words);
    assert.fail(`no check knows npx ${command}`);
  },
  bun: ([command, ...words]) => {
    assert.equal(command, "add");
    return expectPackages(words);
  },
  deno: ([command, ...words]) => {
    if (command === "add") return expectPackages(words);
    // What follows the name of a program is for the program.
    return run(program("deno"), [command, ...words.filter((word) => word.startsWith("-")), "--help"]);
  },
  node: async ([file, ...words]) => {
    assert(file.startsWith("docs/"), "only programs of docs/ can be run");
    return run(process.execPath, [file, ...words], { cwd: root });
  },
  export: (words) => {
    for (const word of words) assert.match(word, /^[A-Z_]+=\S/);
  },
  // The routes of the examples, which their test requests too, some with a prefix.
  curl: async ([address]) => {
    const name = new URL(address).pathname.slice(1);
    const test = await readFile(join(root, "tests/examples/run.js"), "utf8");
    assert(test.includes(`new URL("${name}", base)`), `the examples have no route /${name}`);
  },
  az: (words) => {
    const at = words.findIndex((word) => word.startsWith("-"));
    const options = AZURE[words.slice(0, at).join(" ")];
    assert(options, "add the command and its options, from the reference of the Azure CLI");
    for (const option of words.filter((word) => word.startsWith("-")))
      assert(options.includes(option), `the command has no option ${option}`);
  },
};

/** Wrangler prints its general help for a command that it does not know. */
const wrangler = async (words) => {
  const command = words.filter((word) => /^[a-z]+$/.test(word));
  const help = await run(node(24), [tool("wrangler/bin/wrangler.js"), ...words, "--help"]);
  assert(help.includes(`wrangler ${command.join(" ")}`), "wrangler does not know the command");
};

/** Checks one command. */
export const check = async ([name, ...words], programs) => {
  const known = PROGRAMS[name];
  assert(known, `no check knows the program ${name}`);
  await known(words, programs);
};
