// The documentation: `node tests/docs/run.js --emulator PROGRAM --xtask PROGRAM`, after the site was built. Every code block of
// every Markdown file is run, or else checked as fences.js says; the tables of figures are up to date; the site has every page.
// Prints a line for each check and `N passed, N failed` at last.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { connectionStringIn, freePort, node, root, run, serving } from "../programs.js";
import { check, commandsOf } from "./commands.js";
import { extract, fences, snippetFile } from "./fences.js";
import { expectCodes, expectReadme, expectScale } from "./figures.js";
import { expectLinks, expectSite } from "./site.js";

const text = { type: "string" };
const { emulator, xtask } = parseArgs({ options: { emulator: text, xtask: text } }).values;
if (!emulator || !xtask) throw new Error("Give --emulator PROGRAM and --xtask PROGRAM");

/** How many blocks run at once. */
const AT_ONCE = 2;

const CHECKS = {
  commands: async ({ code }) => {
    const commands = commandsOf(code);
    assert(commands.length > 0, "it has no command");
    for (const command of commands) {
      await check(command, { emulator, xtask }).catch((error) => {
        throw new Error(`${command.join(" ")}: ${error.message}`);
      });
    }
  },
  data: ({ code, language }) => format(code, { parser: language === "jsonc" ? "json" : language }),
  variables: ({ code }) => {
    for (const line of code.trim().split("\n")) assert.match(line, /^(#.*|[A-Z_]+=("[^"]*"|\S*))$/);
  },
  // `cargo test --doc`, which the part `rust` runs.
  doctest() {},
  none() {},
};

const outcomes = [];
const report = async (name, work) => {
  try {
    await work();
    outcomes.push(true);
  } catch (error) {
    outcomes.push(false);
    console.log(`${name}  FAILED\n${error.message}`);
  }
};

const ACCESS_KEY = "TheKeyOfTheCodeInTheDocumentation0123456789=";

/** Runs a block of TypeScript or JavaScript beside a service of its own, because blocks send to the same room; see host.js. */
const runScript = async (script) => {
  const port = await freePort();
  const args = ["--port", port, "--log", "off", "--access-key", ACCESS_KEY, "--entra-token", "entra"];
  // The address that the pages name; host.js has what goes there sent to this machine.
  args.push("--public-endpoint", "https://contoso.webpubsub.azure.com");
  const env = { ENDPOINT: `http://127.0.0.1:${port}`, KEY: ACCESS_KEY };
  const command = ["--no-warnings", "tests/docs/host.js", snippetFile(script)];
  await serving(emulator, args, {}, connectionStringIn, () => run(node(24), command, { cwd: root, env }));
};

const runScripts = async (scripts) => {
  const queue = [...scripts];
  const work = async () => {
    for (let script; (script = queue.shift());) {
      await report(`${script.file}:${script.line}`, () => runScript(script));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

const blocks = await fences();
for (const block of blocks.filter(({ check }) => check !== "script")) {
  await report(`${block.file}:${block.line}`, () => CHECKS[block.check](block));
}
await runScripts(await extract());
await report("the figures in README.md", expectReadme);
await report("the figures in docs/scale.md", expectScale);
await report("the codes in docs/errors.md", expectCodes);
await report("the pages of the site", expectSite);
await report("the links between Markdown files", expectLinks);
const failed = outcomes.filter((passed) => !passed).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
