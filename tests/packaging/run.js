// Installs the tarball in throw-away projects, builds and runs each: `node tests/packaging/run.js --tarball FILE
// --connection-string STRING`. Prints a line for each and `N passed, N failed` at last.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { WebPubSubServiceClient as OfficialClient } from "@azure/web-pubsub";
import { listening } from "../listener.js";
import { root, run, serving, tool } from "../programs.js";
import { CONSUMERS } from "./consumers.js";
import { CHECKS } from "./tarball.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { tarball: text, "connection-string": text } });
if (!values.tarball || !values["connection-string"])
  throw new Error("Give --tarball FILE and --connection-string STRING");
const tarball = resolve(values.tarball);
const connectionString = values["connection-string"];
const official = new OfficialClient(connectionString, "packaging", { allowInsecureConnection: true });

/** Makes the project of a consumer and gives its folder. */
const project = async (folder, installed, { files, links = [], from = tool }) => {
  await cp(installed, folder, { recursive: true });
  for (const file of files) {
    await cp(join(root, "tests/packaging/app", file), join(folder, basename(file)), { recursive: true });
  }
  for (const name of links) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(from(name), link);
  }
  // Where wrangler looks for secrets.
  await writeFile(join(folder, ".dev.vars"), `WEB_PUBSUB="${connectionString}"\n`);
};

const options = (cwd) => ({
  cwd,
  env: { WEB_PUBSUB: connectionString, XDG_CONFIG_HOME: cwd, WRANGLER_LOG_PATH: cwd },
});

const build = async (folder, { build = [], moved }) => {
  for (const [command, ...args] of build) await run(command, args, options(folder));
  if (!moved) return folder;
  const elsewhere = `${folder}-moved`;
  await cp(join(folder, moved), elsewhere, { recursive: true });
  await rm(folder, { recursive: true });
  return elsewhere;
};

/** The client URL that the consumer makes. */
const use = async (folder, { run: program, serve: server }) => {
  const [command, ...args] = program ?? server;
  if (program) {
    const said = await run(command, args, options(folder));
    return /\bwss?:\S+/.exec(said)?.[0] ?? said;
  }
  const address = (said) => /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(said)?.[0];
  return serving(command, args, options(folder), address, async (url) => {
    const response = await fetch(url);
    const answer = await response.text();
    assert.equal(response.status, 200, answer);
    return answer;
  });
};

/** Builds and runs a consumer: its message arrives, and its token opens a connection. */
const check = async (folder, installed, consumer) => {
  await project(folder, installed, consumer);
  const built = await build(folder, consumer);
  if (!consumer.run && !consumer.serve) return;
  const { url } = await official.getClientAccessToken();
  await listening(url, async (next) => {
    const made = await use(built, consumer);
    assert.equal(await next(), "hello");
    await listening(made, () => {});
  });
};

let passed = 0;
let failed = 0;
const report = async (name, work) => {
  try {
    await work();
    passed++;
    console.log(`${name.padEnd(44)}passed`);
  } catch (error) {
    failed++;
    console.log(`${name.padEnd(44)}FAILED\n${error.message}`);
  }
};

const folder = await mkdtemp(join(tmpdir(), "webpubsub-edge-"));
try {
  const installed = join(folder, "installed");
  await mkdir(installed);
  await writeFile(join(installed, "package.json"), '{ "private": true, "type": "module" }\n');
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball], {
    cwd: installed,
  });
  const ours = join(installed, "node_modules/webpubsub-edge");

  for (const [name, work] of Object.entries(CHECKS)) await report(name, () => work(ours, tarball));
  for (const [number, consumer] of CONSUMERS.entries()) {
    await report(consumer.name, () => check(join(folder, `${number}`), installed, consumer));
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
