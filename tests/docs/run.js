// The documentation: `node tests/docs/run.js --emulator PROGRAM`, after the site was built. Every code block of every
// Markdown file is run, or else checked as fences.js says; the tables of figures are up to date; the site has every page.
// Prints a line for each check and `N passed, N failed` at last.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { connectionStringIn, freePort, node, root, run, serving } from "../programs.js";
import { check, commandsOf } from "./commands.js";
import { extract, fences, markdownFiles, snippetFile } from "./fences.js";

const { values } = parseArgs({ options: { emulator: { type: "string" } } });
const { emulator } = values;
if (!emulator) throw new Error("Give --emulator PROGRAM");

/** How many blocks run at once. */
const AT_ONCE = 2;

const CHECKS = {
  commands: async ({ code }) => {
    const commands = commandsOf(code);
    assert(commands.length > 0, "it has no command");
    for (const command of commands) {
      await check(command, { emulator }).catch((error) => {
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

/** Runs each block of TypeScript and JavaScript beside a service of its own; see host.js. */
const runScripts = async (scripts) => {
  const port = await freePort();
  const args = ["--port", port, "--log", "off", "--access-key", ACCESS_KEY, "--entra-token", "entra"];
  // The address that the pages name; host.js has what goes there sent to this machine.
  args.push("--public-endpoint", "https://contoso.webpubsub.azure.com");
  const env = { ENDPOINT: `http://127.0.0.1:${port}`, KEY: ACCESS_KEY };
  await serving(emulator, args, {}, connectionStringIn, async () => {
    const queue = [...scripts];
    const work = async () => {
      for (let script; (script = queue.shift());) {
        const command = ["--no-warnings", "tests/docs/host.js", snippetFile(script)];
        await report(`${script.file}:${script.line}`, () => run(node(24), command, { cwd: root, env }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  });
};

/** The table of a page that a program prints stands there as it prints it. */
const expectFigures = async () => {
  const page = await readFile(join(root, "docs/scale.md"), "utf8");
  const printed = await run(process.execPath, ["docs/scale-model.js"], { cwd: root });
  assert(page.includes(printed.trim()), "docs/scale.md differs from the output of docs/scale-model.js");
};

/** The site has every page, as a page for people and as text for programs that read llms.txt. */
const expectSite = async () => {
  const site = join(root, "docs/.vitepress/dist");
  const index = await readFile(join(site, "llms.txt"), "utf8");
  const pages = markdownFiles().filter((file) => file.startsWith("docs/"));
  for (const page of pages) {
    const name = page.slice("docs/".length, -".md".length);
    await readFile(join(site, `${name}.html`));
    if (name !== "index") assert(index.includes(`/${name}.md`), `llms.txt does not list ${page}`);
  }
  await readFile(join(site, "api/index.html"));
};

const blocks = await fences();
for (const block of blocks.filter(({ check }) => check !== "script")) {
  await report(`${block.file}:${block.line}`, () => CHECKS[block.check](block));
}
await runScripts(await extract());
await report("docs/scale.md", expectFigures);
await report("the site", expectSite);
const failed = outcomes.filter((passed) => !passed).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
