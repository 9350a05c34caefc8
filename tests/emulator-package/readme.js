// Every code block of the emulator's README: run as it stands, but on free ports, or else parsed.
//
// A block whose first line is a comment with a file name is that file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { format } from "prettier";
import { root, run, tool } from "../programs.js";
import { node } from "./projects.js";

const README = join(root, "emulator/README.md");
const text = await readFile(README, "utf8");

/** Language, name and text of each code block. */
const BLOCKS = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language, code]) => ({
  language,
  name: /^(?:\/\/|#) (\S+)\n/.exec(code)?.[1],
  code,
}));

/** The block that is this file. */
const file = (name) => BLOCKS.find((block) => block.name === name).code;

/** All commands of the README that start the emulator, wherever they are. */
const commands = () =>
  [...text.matchAll(/npx (?:--yes )?webpubsub-emulator( [^`'&\n]*)?/g)].map(([, args = ""]) =>
    [...args.matchAll(/"(?:[^"])*"|\S+/g)].map(([word]) => word.replaceAll('"', "")),
  );

/** Replaces the ports of the README by free ones. */
const onFreePorts = async (code) => {
  for (const port of ["8080", "3000"]) {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const free = server.address().port;
    await new Promise((resolve) => server.close(resolve));
    code = code.replaceAll(`:${port}`, `:${free}`);
    if (port === "8080")
      code = code.replaceAll("webpubsub-emulator --", `webpubsub-emulator --port ${free} --`);
  }
  return code;
};

const LINKS = ["@azure/web-pubsub", "ws"];

/** PATH with a Node for `npx` and `npm`, which run in the one that they find. */
const path = (version) => ({ PATH: `${dirname(node(version))}:${process.env.PATH}` });

export const CHECKS = {
  ...Object.fromEntries(
    ["forks", "threads"].map((pool) => [
      `README: Vitest, ${pool}`,
      async (projects) => {
        const names = ["chat.test.ts", "retries.test.ts"];
        const files = Object.fromEntries(names.map((name) => [name, file(name)]));
        const folder = await projects.create(files, [...LINKS, "vitest"]);
        const args = [tool("vitest/vitest.mjs"), "run", `--pool=${pool}`];
        assert.match(await run(node(24), args, { cwd: folder }), /Tests +4 passed/);
      },
    ]),
  ),

  "README: Node's test runner": async (projects) => {
    const folder = await projects.create({ "events.test.mjs": file("events.test.mjs") }, LINKS);
    for (const version of [20, 24]) {
      assert.match(await run(node(version), ["--test"], { cwd: folder }), /pass 1\n/);
    }
  },

  "README: handlers of some events": async (projects) => {
    const folder = await projects.create({ "handlers.mjs": file("handlers.mjs") });
    for (const version of [20, 24]) {
      assert.match(await run(node(version), ["handlers.mjs"], { cwd: folder }), /^Endpoint=/);
    }
  },

  "README: Playwright": async (projects) => {
    const app = `
      import { createServer } from "node:http";
      const address = new URL(process.env.ADDRESS);
      createServer((_, response) => response.end(process.env.WEB_PUBSUB)).listen(address.port, address.hostname);`;
    const config = await onFreePorts(file("playwright.config.ts"));
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/(?=")/.exec(config);
    const spec = `
      import { expect, test } from "@playwright/test";
      import { WebPubSubServiceClient } from "@azure/web-pubsub";
      test("the app has the service", async ({ request }) => {
        const connectionString = await (await request.get("${address}")).text();
        const service = new WebPubSubServiceClient(connectionString, "chat", { allowInsecureConnection: true });
        expect(await service.groupExists("nobody")).toBe(false);
      });`;
    const files = {
      "package.json": '{ "type": "module", "scripts": { "start": "node app.js" } }',
      "app.js": app,
      "chat.spec.ts": spec,
      "playwright.config.ts": config,
    };
    const folder = await projects.create(files, ["@azure/web-pubsub", "@playwright/test"]);
    const playwright = [tool("@playwright/test/cli.js"), "test"];
    const env = { ...path(24), ADDRESS: address };
    assert.match(await run(node(24), playwright, { cwd: folder, env }), /1 passed/);
  },

  "README: pytest": async (projects) => {
    const files = { "conftest.py": file("conftest.py"), "test_chat.py": file("test_chat.py") };
    const folder = await projects.create(files);
    const args = ["-m", "pytest", "-p", "no:cacheprovider", "--quiet"];
    assert.match(await run(projects.python, args, { cwd: folder }), /1 passed/);
  },

  "README: types of the TypeScript, strict": async (projects) => {
    const names = ["chat.test.ts", "retries.test.ts", "playwright.config.ts"];
    const files = Object.fromEntries(names.map((name) => [name, file(name)]));
    const links = [...LINKS, "vitest", "@playwright/test", "@types/ws", "@types/node"];
    const folder = await projects.create(files, links);
    const tsc = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--pretty", "false"];
    const options = ["--target", "es2022", "--module", "nodenext", "--skipLibCheck"];
    await run(process.execPath, [...tsc, ...options, ...names], { cwd: folder });
  },

  "README: YAML, and other blocks": async () => {
    for (const { language, name, code } of BLOCKS) {
      if (language === "yaml") await format(code, { parser: "yaml" });
      else if (language === "sh") await run("bash", ["-n", "-c", code]);
      // Config files are read by a test of the crate, with the emulator's own reader; MQTT clients are in tests/strangers.
      else if (!code.includes("mqtt.connect") && !["ini", "text", "toml", "json"].includes(language))
        assert(name, `no check knows the block ${code}`);
    }
    const run_ = [
      "chat.test.ts",
      "retries.test.ts",
      "events.test.mjs",
      "handlers.mjs",
      "playwright.config.ts",
      "conftest.py",
      "test_chat.py",
    ];
    const parsed = [".dev.vars", "compose.yaml", "emulator.toml", ".github/workflows/test.yml"];
    const names = BLOCKS.flatMap(({ name }) => name ?? []);
    assert.deepEqual(names.sort(), [...run_, ...parsed].sort());
  },

  "README: the connection string is the default one": async (projects) => {
    const folder = await projects.create({
      "main.js": `
        import { start } from "webpubsub-emulator";
        const service = await start();
        console.log(service.connectionString.replace(/:\\d+;/, ":8080;"));`,
    });
    const connectionString = (await run(node(20), ["main.js"], { cwd: folder })).trim();
    const strings = [...text.matchAll(/Endpoint=http:\/\/(127\.0\.0\.1|webpubsub):8080;\S+?;Version=1\.0;/g)];
    assert.equal(strings.length, 5);
    for (const [string] of strings)
      assert.equal(string.replace("//webpubsub", "//127.0.0.1"), connectionString);
  },

  "README: all flags, and no others": async (projects) => {
    const folder = await projects.create();
    const emulator = (...args) => projects.npx(folder, "webpubsub-emulator", ...args);
    const flags = (text) => [...new Set(text.match(/--[a-z-]+/g))].sort();
    const table = text.slice(text.indexOf("## Flags"), text.indexOf("## With wrangler dev"));
    const documented = flags(table.replaceAll(/^\| -+ .*$/gm, ""));
    assert.deepEqual(documented, flags(await emulator("--help")));
    const found = commands();
    assert(found.length >= 6);
    // What is wrong with the arguments is said before the help is.
    for (const args of found) await emulator(...args, "--help");
  },
};
