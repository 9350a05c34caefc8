// What is installed, and the command.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { root, run, tool } from "../programs.js";
import { node } from "./projects.js";
import { accepts, patience, refuses } from "./reaching.js";

const PLATFORM = `${process.platform}-${process.arch}`;

const filesIn = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).sort();
};

/** Starts the installed command; gives its process and its connection string. */
const command = async (folder, args) => {
  const child = spawn(process.execPath, ["node_modules/webpubsub-emulator/dist/cli.js", ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [output] = await once(child.stdout, "data", patience());
  return { child, endpoint: /Endpoint=([^;]+)/.exec(output)[1] };
};

export const CHECKS = {
  "npm installs the program of this platform only": async (projects) => {
    const folder = await projects.create();
    const packages = await readdir(join(folder, "node_modules"));
    const own = packages.filter((name) => name.startsWith("webpubsub"));
    assert.deepEqual(own.sort(), ["webpubsub-emulator", `webpubsub-emulator-${PLATFORM}`]);
    const { mode } = await stat(join(folder, "node_modules", own[1], "webpubsub-emulator"));
    assert.equal(mode & 0o111, 0o111);
  },

  "no file is missing, none too many": async (projects) => {
    const folder = await projects.create();
    const papers = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];
    assert.deepEqual(await filesIn(join(folder, "node_modules/webpubsub-emulator")), [
      ...papers.slice(0, 3),
      ...["dist/cli.js", "dist/index.cjs", "dist/index.js"],
      ...["control", "index", "options", "records"].flatMap((name) =>
        name === "index" ? ["dist/types/index.d.cts", "dist/types/index.d.ts"] : `dist/types/${name}.d.ts`,
      ),
      papers[3],
    ]);
    const program = join(folder, "node_modules", `webpubsub-emulator-${PLATFORM}`);
    assert.deepEqual(await filesIn(program), [...papers, "webpubsub-emulator"].sort());
  },

  "nothing in JavaScript tells of the machine that built it": async (projects) => {
    const folder = join(await projects.create(), "node_modules/webpubsub-emulator");
    for (const file of await filesIn(folder)) {
      const text = await readFile(join(folder, file), "utf8");
      for (const path of [root, join(homedir(), ".cargo")])
        assert(!text.includes(path), `${file} has ${path}`);
    }
  },

  "publint --strict": async ({ packages }) => {
    const tarballs = (await readdir(packages)).filter((name) => name.endsWith(".tgz"));
    assert.equal(tarballs.length, 2);
    const main = tarballs.find((name) => /^webpubsub-emulator-\d/.test(name));
    await run(process.execPath, [tool("publint/src/cli.js"), "--strict", join(packages, main)]);
    await run(process.execPath, [tool("@arethetypeswrong/cli/dist/index.js"), join(packages, main)]);
  },

  "npx webpubsub-emulator": async (projects) => {
    const folder = await projects.empty();
    const help = await projects.npm(folder, "exec", "--yes", "--", "webpubsub-emulator", "--help");
    assert.match(help, /^A local Azure Web PubSub service/);
    const npx = ["--yes", "webpubsub-emulator", "--version"];
    assert.match(await run("npx", npx, { cwd: folder, env: projects.env }), /^webpubsub-emulator \d/);
    await assert.rejects(access(join(folder, "node_modules")));
  },

  "without optional dependencies: what to do": async (projects) => {
    const folder = await projects.empty();
    await projects.npm(folder, "install", "--omit=optional", "webpubsub-emulator");
    const advice = new RegExp(`webpubsub-emulator-${PLATFORM}, .*is not installed.*--omit=optional`);
    await assert.rejects(projects.npx(folder, "webpubsub-emulator"), advice);
    const script = 'import("webpubsub-emulator").then(({ start }) => start())';
    await assert.rejects(run(process.execPath, ["--eval", script], { cwd: folder }), advice);
  },

  "an unknown platform: what to do": async (projects) => {
    const folder = await projects.create();
    const script = `
      Object.defineProperty(process, "platform", { value: "sunos" });
      import("webpubsub-emulator").then(({ start }) => start());`;
    await assert.rejects(
      run(process.execPath, ["--eval", script], { cwd: folder }),
      /no program for sunos-\w+, only for darwin-arm64, .*cargo install webpubsub-emulator/,
    );
  },

  "the command passes on arguments, output and exit code": async (projects) => {
    const folder = await projects.create();
    const refused = projects.npx(folder, "webpubsub-emulator", "--nonsense");
    await assert.rejects(refused, /: 2\n.*--nonsense/s);
    const { child, endpoint } = await command(folder, ["--port=0", "--access-key=a", "--access-key=b"]);
    await accepts(endpoint);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit", patience()), [0, null]);
    await refuses(endpoint);
  },

  "the program ends with the command, even if that is killed": async (projects) => {
    const { child, endpoint } = await command(await projects.create(), ["--port=0"]);
    child.stdin.end();
    await accepts(endpoint);
    child.kill("SIGKILL");
    await refuses(endpoint);
  },

  "the command ends with its standard input, if told to": async (projects) => {
    const { child, endpoint } = await command(await projects.create(), ["--port=0", "--exit-with-stdin"]);
    await accepts(endpoint);
    child.stdin.end();
    assert.deepEqual(await once(child, "exit", patience()), [0, null]);
    await refuses(endpoint);
  },

  ...Object.fromEntries(
    Object.entries({
      7: join(root, "node_modules/typescript/bin/tsc"),
      5.9: tool("typescript-5/bin/tsc"),
    }).map(([version, tsc]) => [
      `TypeScript ${version}, strict`,
      async (projects) => {
        const folder = await projects.create({ "types.ts": TYPES, "types.cts": TYPES });
        const check = (...args) =>
          run(
            node(20),
            [tsc, "--noEmit", "--pretty", "false", "--strict", "--skipLibCheck", "false", ...args],
            {
              cwd: folder,
            },
          );
        const plain = ["--target", "es2022", "--lib", "es2022"];
        await check(...plain, "--module", "nodenext", "types.ts", "types.cts");
        await check(...plain, "--module", "node16", "types.cts");
        await check(
          ...["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "types.ts"],
        );
      },
    ]),
  ),
};

const TYPES = `
  import { start, type EmulatorService, type StartOptions } from "webpubsub-emulator";
  const options: StartOptions = { port: 0, handlers: { chat: "http://127.0.0.1/" }, logLevel: "warn" };
  export const use = async (): Promise<string> => {
    await using service: EmulatorService = await start(options);
    // @ts-expect-error: no such option
    await start({ prot: 0 });
    // @ts-expect-error: a number
    await start({ port: "0" });
    const order = { urlTemplate: "http://127.0.0.1/", userEventPattern: "order" };
    // @ts-expect-error: no such event
    await start({ handlers: { chat: [order, { ...order, systemEvents: ["conected"] }] } });
    const id: number = await service.faults.add({ on: "rest", path: "*/:send", status: 503, retryAfter: 1 });
    // @ts-expect-error: events have no paths
    await service.faults.add({ on: "event", path: "*", status: 503 });
    const { offsetMs } = await service.clock.advance(31_000);
    const call = await service.traffic.wait({ kind: "rest" }, { where: (record) => record.fault === id });
    const seen: (string | number)[] = [];
    const both = await service.traffic.list({ kind: ["frame", "event"] });
    for (const record of both) {
      if (record.kind === "frame") seen.push(record.opcode);
      else seen.push(record.event);
      // @ts-expect-error: nothing of a disconnect
      seen.push(record.reason);
    }
    for await (const record of await service.traffic.watch({ kind: "lost" })) {
      if (record.kind === "gap") seen.push(record.lost);
      else seen.push(record.reason);
    }
    await service.hubs.send("chat", { user: "ann", dataType: "binary", data: new Uint8Array(1) });
    // @ts-expect-error: one or the other
    await service.hubs.drop("chat", { user: "ann", group: "room" });
    const { items } = await service.hubs.connections("chat", { group: "room", limit: 10 });
    const user: string | null | undefined = items[0]?.userId;
    return service.connectionString + service.endpoint + call.request.url + offsetMs + user;
  };
`;
