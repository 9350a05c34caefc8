// start() and the service that it returns, in scripts of installed projects. The README's samples are in readme.js.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { run } from "../programs.js";
import { node } from "./projects.js";
import { accepts, patience, refuses } from "./reaching.js";

/** Runs a script as an ES module with `start` imported; gives what it printed. */
const script = async (projects, code, version = 20) => {
  const main = `import { start } from "webpubsub-emulator";\n${code}`;
  const folder = await projects.create({ "main.js": main });
  return run(node(version), ["main.js"], { cwd: folder });
};

/** What a call of start() with these options, in JavaScript, rejects with. */
const rejection = (projects, options) =>
  script(
    projects,
    `await start(${options}).catch((error) => console.log(error.name + ": " + error.message));`,
  );

/** A program that does something else than the emulator. */
const program = async (projects, code) => {
  const path = join(await projects.empty(), "program");
  await writeFile(path, `#!/bin/sh\n${code}\n`);
  await chmod(path, 0o755);
  return JSON.stringify(path);
};

const PRINT = "console.log(service.endpoint, service.connectionString);";
const endpoint = (output) => output.split(" ")[0];

export const CHECKS = {
  "start() and stop(), which may be called twice": async (projects) => {
    const output = await script(
      projects,
      `const service = await start({ accessKeys: ["one", "two"] });
       ${PRINT}
       await fetch(service.endpoint);
       await Promise.all([service.stop(), service.stop()]);
       await fetch(service.endpoint).catch(() => console.log("stopped"));`,
    );
    const [url, ...rest] = output.split(/\s+/);
    assert.deepEqual(rest, [`Endpoint=${url};AccessKey=one;Version=1.0;`, "stopped", ""]);
  },

  "require() without ES modules": async (projects) => {
    const folder = await projects.create({
      "main.cjs": `
        const { start } = require("webpubsub-emulator");
        start().then(async (service) => { ${PRINT} await service.stop(); });`,
    });
    for (const version of [20, 22]) {
      const args = ["--no-experimental-require-module", "main.cjs"];
      const output = await run(node(version), args, { cwd: folder });
      await refuses(endpoint(output));
    }
  },

  "await using": async (projects) => {
    const code = `{ await using service = await start(); ${PRINT} }
      console.log("stopped");`;
    assert.match(await script(projects, code, 24), /\nstopped\n$/);
  },

  "the process may end without stop(), and so does the emulator": async (projects) => {
    await refuses(endpoint(await script(projects, `const service = await start(); ${PRINT}`)));
    await refuses(
      endpoint(await script(projects, `const service = await start(); ${PRINT} process.exit();`)),
    );
  },

  "the emulator ends with a process that is killed": async (projects) => {
    const main = `import { start } from "webpubsub-emulator";
      const service = await start(); ${PRINT} setInterval(() => {}, 1000);`;
    const folder = await projects.create({ "main.js": main });
    const child = spawn(node(20), ["main.js"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const [output] = await once(child.stdout, "data", patience());
    await accepts(endpoint(String(output)));
    child.kill("SIGKILL");
    await refuses(endpoint(String(output)));
  },

  "the log, line by line": async (projects) => {
    const code = `const lines = [];
      const service = await start({ onLog: (line) => lines.push(line), host: "0.0.0.0", logLevel: "warn" });
      await service.stop();
      console.log(lines.join("|"));`;
    assert.match(
      await script(projects, code),
      /^[^|]*listening beyond loopback[^|]*\|[^|]*default access key[^|]*$/,
    );
  },

  "invalid options are named": async (projects) => {
    for (const [options, error] of [
      ["{ prot: 1 }", "TypeError: Unknown option prot: start() has host, port, "],
      ["{ toString: 1 }", "TypeError: Unknown option toString"],
      ["null", "TypeError: options must be an object"],
      ["{ port: '1' }", "RangeError: port must be an integer"],
      ["{ port: 65536 }", "RangeError: port must be an integer"],
      ["{ accessKeys: [] }", "RangeError: accessKeys must have one or two"],
      ["{ accessKeys: 'key' }", "TypeError: accessKeys must be an array"],
      ["{ accessKeys: ['a;b'] }", "TypeError: accessKeys must not contain ';'"],
      ["{ handlers: ['x'] }", "TypeError: handlers must be an object"],
      ["{ handlers: { chat: 1 } }", "TypeError: handlers.chat must be a non-empty string"],
      ["{ entraTokens: [''] }", "TypeError: entraTokens[0] must be a non-empty string"],
      ["{ logLevel: 'loud' }", "TypeError: logLevel must be one of off, error"],
      ["{ onLog: true }", "TypeError: onLog must be a function"],
      ["{ startTimeoutInMs: 0 }", "RangeError: startTimeoutInMs must be"],
      ["{ binary: 1 }", "TypeError: binary must be"],
      ["{ handlers: { chat: 'nonsense' } }", "Error: webpubsub-emulator ended with exit code 1."],
    ]) {
      const said = await rejection(projects, options);
      assert(said.startsWith(error), `${options}: ${said}`);
    }
    assert.equal(await rejection(projects, "{ host: undefined, port: undefined }"), "");
  },

  "a start that fails has the reason": async (projects) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address();
    const said = await rejection(projects, `{ port: ${port} }`);
    taken.close();
    assert.match(said, new RegExp(`ended with exit code 1.*\\n.*cannot listen on 127.0.0.1, port ${port}: `));

    const lines = await program(projects, "for n in $(seq 99); do echo line $n >&2; done; exit 3");
    assert.match(
      await rejection(projects, `{ binary: ${lines} }`),
      /exit code 3.*:\n +line 80\n[^]*line 99\n$/,
    );
    assert.match(await rejection(projects, "{ binary: '/nowhere' }"), /cannot be run \(.*ENOENT/);
    const silent = await program(projects, "exec sleep 60");
    const late = await rejection(projects, `{ binary: ${silent}, startTimeoutInMs: 200 }`);
    assert.match(late, /was not ready after 200 ms/);
    const other = await program(projects, "echo hello; exec sleep 60");
    assert.match(
      await rejection(projects, `{ binary: ${other} }`),
      /no connection string.*webpubsub-emulator/,
    );
  },

  "an end that nobody asked for is an error of stop()": async (projects) => {
    const short = await program(
      projects,
      "echo 'Endpoint=http://x;AccessKey=y;'; echo 'out of luck' >&2; exit 7",
    );
    const code = `
      import { setTimeout as sleep } from "node:timers/promises";
      const service = await start({ binary: ${short} });
      await sleep(1000);
      await service.stop().catch((error) => console.log(error.message));`;
    assert.match(await script(projects, code), /exit code 7 before stop\(\) was called[^]*out of luck/);
  },
};
