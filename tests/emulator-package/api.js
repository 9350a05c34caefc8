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
import { rejection, script } from "./scripts.js";

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
    assert.match(await script(projects, code, { version: 24 }), /\nstopped\n$/);
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
      ["{ accessKeys: ['a;b'] }", "TypeError: accessKeys must not contain ';', the separator between keys"],
      ["{ adminPort: -1 }", "RangeError: adminPort must be an integer from 0 to 65535"],
      ["{ tls: 'yes' }", "TypeError: tls must be true or false"],
      ["{ config: '' }", "TypeError: config must be a non-empty string"],
      ["{ eventTimeoutInMs: 0 }", "RangeError: eventTimeoutInMs must be an integer from 1"],
      ["{ eventRetryDelaysInMs: 1 }", "TypeError: eventRetryDelaysInMs must be an array of integers"],
      ["{ eventRetryDelaysInMs: [0.5] }", "RangeError: eventRetryDelaysInMs[0] must be an integer"],
      ["{ anonymousConnect: '*' }", "TypeError: anonymousConnect must be an array of strings"],
      ["{ handlers: ['x'] }", "TypeError: handlers must be an object of event handlers by hub"],
      ["{ handlers: { chat: 1 } }", "TypeError: handlers.chat must be a URL, or an object with urlTemplate"],
      ["{ handlers: { chat: [''] } }", "TypeError: handlers.chat[0] must be a non-empty string"],
      ["{ handlers: { chat: 'http://x/ a=b' } }", "TypeError: handlers.chat must be a URL without blanks"],
      ["{ handlers: { chat: {} } }", "TypeError: handlers.chat.urlTemplate must be a non-empty string"],
      [
        "{ handlers: { chat: { urlTemplate: 'http://x/', userEvents: '*' } } }",
        "TypeError: Unknown member handlers.chat.userEvents: an event handler has urlTemplate, userEventPattern",
      ],
      [
        "{ handlers: { chat: { urlTemplate: 'http://x/', systemEvents: 'connect' } } }",
        "TypeError: handlers.chat.systemEvents must be an array of strings",
      ],
      [
        "{ handlers: { chat: { urlTemplate: 'http://x/', groupPresenceEvents: { events: [] } } } }",
        "TypeError: Unknown member handlers.chat.groupPresenceEvents.events: groupPresenceEvents has eventNames",
      ],
      ["{ entraTokens: [''] }", "TypeError: entraTokens[0] must be a non-empty string"],
      [
        "{ entraTokens: ['a;b'] }",
        "TypeError: entraTokens must not contain ';', the separator between tokens",
      ],
      ["{ logLevel: 'loud' }", "TypeError: logLevel must be one of off, error"],
      ["{ onLog: true }", "TypeError: onLog must be a function"],
      ["{ startTimeoutInMs: 0 }", "RangeError: startTimeoutInMs must be"],
      ["{ binary: 1 }", "TypeError: binary must be"],
      ["{ handlers: { chat: 'nonsense' } }", "Error: webpubsub-emulator ended with exit code 1."],
    ]) {
      const said = await rejection(projects, options);
      assert(said.startsWith(error), `${options}: ${said}`);
    }
    const misspelt = "{ handlers: { chat: { urlTemplate: 'http://x/', systemEvents: ['conect'] } } }";
    assert.match(await rejection(projects, misspelt), /exit code 1[^]*did you mean `connect`/);
    const handler = "{ urlTemplate: 'http://x/', systemEvents: undefined, others: undefined }";
    const options = `{ host: undefined, port: undefined, others: undefined, handlers: { chat: ${handler} } }`;
    assert.equal(await rejection(projects, options), "");
  },

  "a start that fails has the reason": async (projects) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address();
    const said = await rejection(projects, `{ port: ${port} }`);
    taken.close();
    assert.match(said, new RegExp(`ended with exit code 1.*\\n.*cannot listen on 127.0.0.1:${port}: `));

    const lines = await program(projects, "for n in $(seq 99); do echo line $n >&2; done; exit 3");
    assert.match(
      await rejection(projects, `{ binary: ${lines} }`),
      /exit code 3.*:\n +line 80\n[^]*line 99\n$/,
    );
    assert.match(await rejection(projects, "{ binary: '/nowhere' }"), /cannot be run \(.*ENOENT/);
    const silent = await program(projects, "exec sleep 60");
    const late = await rejection(projects, `{ binary: ${silent}, startTimeoutInMs: 200 }`);
    assert.match(late, /was not ready after 200 ms/);
    for (const [output, missing] of [
      ["hello", "connection string"],
      ["Endpoint=http://x;AccessKey=y; && echo hello", "URL of its admin API"],
    ]) {
      const other = await program(projects, `echo ${output.replace(/;/g, "\\;")}; exec sleep 60`);
      assert.match(
        await rejection(projects, `{ binary: ${other} }`),
        new RegExp(`printed no ${missing}: .*webpubsub-emulator`),
      );
    }
  },

  "an end that nobody asked for is an error of stop()": async (projects) => {
    const short = await program(
      projects,
      "echo 'Endpoint=http://x;AccessKey=y;'; echo Admin=http://x; echo 'out of luck' >&2; exit 7",
    );
    const code = `
      import { setTimeout as sleep } from "node:timers/promises";
      const service = await start({ binary: ${short} });
      await sleep(1000);
      await service.stop().catch((error) => console.log(error.message));`;
    assert.match(await script(projects, code), /exit code 7 before stop\(\) was called[^]*out of luck/);
  },
};
