// The throw-away projects that use the package, as a table. No behaviour here.
//
// files   and folders, from app/, or from elsewhere in this repository by path
// links   packages that the project has beside ours
// from    where they are, unless in tests/tools: the function that gives the folder of a name
// build   commands that run in the project
// moved   the folder that is then moved to where there is nothing else
// run     the command, of a program that prints the client URL, perhaps among other things, or
// serve   the command, of a server that prints its own URL, where the client URL is served
import { join } from "node:path";
import { program, root, tool } from "../programs.js";

const node = (version) => tool(`node-${version}/bin/node`);
const NODE = node(20);
/** The tools that must work in the oldest Node run in it. */
const vite = [NODE, tool("vite/bin/vite.js")];
const webpack = [NODE, tool("webpack-cli/bin/cli.js")];
const esbuild = [program("esbuild"), "main.js", "--bundle", "--platform=node"];
const bunBuild = [program("bun"), "build", "main.js"];
const deno = [program("deno"), "run", "--quiet", "--no-prompt", "--allow-net", "--allow-env=WEB_PUBSUB"];
const jest = (environment) => [NODE, tool("jest/bin/jest.js"), `--env=${environment}`, "--rootDir=."];
const nitro = (preset) => [NODE, tool("nitropack/dist/cli/index.mjs"), "build", `--preset=${preset}`];
const tsc = (path) => [NODE, path, "--noEmit", "--pretty", "false", "--strict", "--skipLibCheck", "false"];
const TYPESCRIPTS = {
  7: tsc(join(root, "node_modules/typescript/bin/tsc")),
  5.9: tsc(tool("typescript-5/bin/tsc")),
};
const plain = ["--target", "es2022", "--lib", "es2022"];

/** The wrangler that npm gives to Node 20, and today's, each without Node's names in the Worker. */
const dev = (date) => [
  "dev",
  "--port",
  "0",
  "--show-interactive-dev-session",
  "false",
  "--compatibility-date",
  date,
];
const wrangler4_86 = [NODE, join(root, "node_modules/wrangler/bin/wrangler.js"), ...dev("2024-09-23")];
const wrangler4_164 = [node(24), tool("wrangler/bin/wrangler.js"), ...dev("2026-11-01")];

const vite24 = [node(24), tool("vite/bin/vite.js")];
const viteCloudflare = {
  files: ["worker.js", "greet.js", "vite.cloudflare.js", "wrangler.json"],
  links: ["@cloudflare/vite-plugin"],
};

const nitroFiles = ["nitro/routes", "nitro/nitro.config.js", "greet.js"];

/** Next.js is large: the one of the example serves here, too. */
const nextjs = (path) => join(root, "examples/nextjs/node_modules", path);
const next = (...args) => [NODE, nextjs("next/dist/bin/next"), ...args];

/** As AWS Lambda and Jest do, the second kind cannot require ES modules. */
const required = ["20", "22", "24", "26"].flatMap((version) => [
  {
    name: `require in Node ${version}`,
    files: ["main.cjs", "greet.js"],
    run: [node(version), "--no-warnings", "main.cjs"],
  },
  {
    name: `require in Node ${version}, without ES modules`,
    files: ["main.cjs", "greet.js"],
    run: [node(version), "--no-experimental-require-module", "main.cjs"],
  },
]);

const typescripts = Object.entries(TYPESCRIPTS).flatMap(([version, tsc]) => [
  {
    name: `TypeScript ${version}, nodenext, strict`,
    files: ["types.ts", "types.cts"],
    build: [[...tsc, ...plain, "--module", "nodenext", "types.ts", "types.cts"]],
  },
  {
    name: `TypeScript ${version}, bundler, strict, lib.dom`,
    files: ["types.ts"],
    build: [
      [...tsc, "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", "types.ts"],
    ],
  },
  {
    name: `TypeScript ${version}, node16, CommonJS`,
    files: ["types.cts", "main.cts", "greet.js"],
    build: [
      [...tsc, ...plain, "--module", "node16", "types.cts"],
      [...tsc, ...plain, "--noEmit", "false", "--module", "node16", "main.cts"],
    ],
    run: [NODE, "--no-experimental-require-module", "main.cjs"],
  },
]);

export const CONSUMERS = [
  ...required,
  {
    name: "esbuild for Node, ESM",
    files: ["main.js", "greet.js"],
    build: [[...esbuild, "--format=esm", "--outfile=out/main.mjs"]],
    moved: "out",
    run: [NODE, "main.mjs"],
  },
  {
    name: "esbuild for Node, CommonJS, minified",
    files: ["main.js", "greet.js"],
    build: [[...esbuild, "--format=cjs", "--minify", "--outfile=out/main.cjs"]],
    moved: "out",
    run: [NODE, "main.cjs"],
  },
  {
    name: "esbuild for Node, from CommonJS",
    files: ["main.cjs", "greet.js"],
    build: [[program("esbuild"), "main.cjs", "--bundle", "--platform=node", "--outfile=out/main.cjs"]],
    moved: "out",
    run: [NODE, "main.cjs"],
  },
  {
    name: "webpack for Node, from CommonJS",
    files: ["main.cjs", "greet.js"],
    build: [[...webpack, "--entry=./main.cjs", "--target=node20", "--mode=production", "--output-path=out"]],
    moved: "out",
    run: [NODE, "main.js"],
  },
  {
    name: "bun build --target=node, from CommonJS",
    files: ["main.cjs", "greet.js"],
    build: [[program("bun"), "build", "main.cjs", "--target=node", "--outfile=out/main.mjs"]],
    moved: "out",
    run: [NODE, "main.mjs"],
  },
  {
    name: "require in Bun",
    files: ["main.cjs", "greet.js"],
    run: [program("bun"), "main.cjs"],
  },
  {
    name: "require in Deno",
    files: ["main.cjs", "greet.js", "deno.json"],
    run: [...deno, "--allow-read", "main.cjs"],
  },
  {
    name: "Jest, CommonJS",
    files: ["greet.test.cjs", "greet.js", "babel.config.cjs"],
    links: ["@babel/plugin-transform-modules-commonjs"],
    run: jest("node"),
  },
  {
    name: "Jest, ES modules by Babel",
    files: ["greet.test.js", "greet.js", "babel.config.cjs"],
    links: ["@babel/plugin-transform-modules-commonjs"],
    run: jest("node"),
  },
  {
    name: "Jest with jsdom, a test for Node",
    files: ["greet.test.cjs", "greet.js", "babel.config.cjs"],
    links: ["@babel/plugin-transform-modules-commonjs", "jest-environment-jsdom"],
    run: jest("jsdom"),
  },
  {
    name: "Vitest with jsdom in Node 24",
    files: ["jsdom.test.js", "greet.js"],
    links: ["jsdom", "vitest"],
    run: [node(24), tool("vitest/vitest.mjs"), "run", "--environment=jsdom"],
  },
  {
    name: "values of another realm",
    files: ["realm.js"],
    run: [NODE, "realm.js"],
  },
  {
    name: "webpack for Node",
    files: ["main.js", "greet.js"],
    build: [[...webpack, "--entry=./main.js", "--target=node20", "--mode=production", "--output-path=out"]],
    moved: "out",
    run: [NODE, "main.js"],
  },
  {
    name: "Vite for a server",
    files: ["main.js", "greet.js", "vite.server.js"],
    build: [
      [...vite, "build", "--config=vite.server.js", "--ssr=main.js", "--outDir=out", "--logLevel=warn"],
    ],
    moved: "out",
    run: [NODE, "main.js"],
  },
  {
    name: "bun build --target=bun",
    files: ["main.js", "greet.js"],
    build: [[...bunBuild, "--target=bun", "--outdir=out"]],
    moved: "out",
    run: [program("bun"), "main.js"],
  },
  {
    name: "bun build --target=node",
    files: ["main.js", "greet.js"],
    build: [[...bunBuild, "--target=node", "--outfile=out/main.mjs"]],
    moved: "out",
    run: [NODE, "main.mjs"],
  },
  {
    name: "Deno, npm: in deno.json",
    files: ["main.js", "greet.js", "deno.json"],
    run: [...deno, "main.js"],
  },
  {
    name: "Deno, types of its example",
    files: ["../../../examples/deno/main.ts", "deno.json"],
    build: [[program("deno"), "check", "--quiet", "main.ts"]],
  },
  {
    name: "slim in Node 20, compiled by hand",
    files: ["slim.js", "greet.js"],
    run: [NODE, "slim.js"],
  },
  {
    name: "slim in Node 24, source phase import",
    files: ["slim-source.js", "greet.js"],
    run: [node(24), "--no-warnings", "slim-source.js"],
  },
  {
    name: "slim in Deno, source phase import",
    files: ["slim-source.js", "greet.js"],
    run: [...deno, "slim-source.js"],
  },
  {
    name: "wrangler 4.86, date 2024-09-23",
    files: ["worker.js", "greet.js"],
    serve: [...wrangler4_86, "worker.js"],
  },
  {
    name: "wrangler 4.164, date 2026-11-01",
    files: ["worker.js", "greet.js"],
    serve: [...wrangler4_164, "worker.js"],
  },
  {
    name: "slim in wrangler 4.86",
    files: ["slim-worker.js", "greet.js"],
    serve: [...wrangler4_86, "slim-worker.js"],
  },
  {
    name: "slim in wrangler 4.164",
    files: ["slim-worker.js", "greet.js"],
    serve: [...wrangler4_164, "slim-worker.js"],
  },
  {
    name: "Vite with Cloudflare's plugin, dev",
    ...viteCloudflare,
    serve: [...vite24, "dev", "--config=vite.cloudflare.js", "--port=0"],
  },
  {
    name: "Vite with Cloudflare's plugin, build",
    ...viteCloudflare,
    build: [[...vite24, "build", "--config=vite.cloudflare.js", "--logLevel=warn"]],
    serve: [...vite24, "preview", "--config=vite.cloudflare.js", "--port=0"],
  },
  {
    name: "Next.js, an edge route",
    files: ["next/app", "next/next.config.js", "greet.js"],
    links: ["next", "react", "react-dom"],
    from: nextjs,
    build: [next("build")],
    serve: next("start", "--hostname", "127.0.0.1", "--port", "0"),
  },
  {
    name: "Nitro, which is in Nuxt, for Workers",
    files: nitroFiles,
    links: ["nitropack"],
    build: [nitro("cloudflare-module")],
    serve: [...wrangler4_164, ".output/server/index.mjs"],
  },
  {
    name: "Nitro for Netlify Edge, in Deno",
    files: [...nitroFiles, "nitro/netlify.js"],
    links: ["nitropack"],
    build: [nitro("netlify-edge")],
    run: [program("deno"), "run", "--quiet", "--allow-all", "netlify.js"],
  },
  {
    name: "Nitro for Vercel Edge, in Node",
    files: [...nitroFiles, "nitro/vercel.js"],
    links: ["nitropack"],
    build: [nitro("vercel-edge")],
    run: [NODE, "vercel.js"],
  },
  {
    name: "Hono in Node",
    files: ["hono.js", "hono-node.js", "greet.js"],
    links: ["hono", "@hono/node-server"],
    serve: [NODE, "hono-node.js"],
  },
  {
    name: "Hono in workerd",
    files: ["hono.js", "greet.js"],
    links: ["hono"],
    serve: [...wrangler4_164, "hono.js"],
  },
  ...typescripts,
];
