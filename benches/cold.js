// Cold start: from import to the first client access token, in a process that has never loaded the package. As
// installed, the import reads the files in node_modules; bundled, it reads one file made by esbuild.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root, run, tool } from "../tests/programs.js";
import { compare, takeTurns } from "./interleave.js";
import { PACKAGES } from "./plan.js";

const SIDES = ["ours", "official"];
const script = fileURLToPath(new URL("workload/first-token.js", import.meta.url));

/** Bundles the client of each side and gives the URLs of the bundles. */
const bundles = async (folder) => {
  const { build } = await import(tool("esbuild/lib/main.js"));
  const urls = {};
  for (const side of SIDES) {
    // CommonJS, because jsonwebtoken in the official bundle calls `require`.
    const outfile = join(folder, `${side}.cjs`);
    const contents = `export { WebPubSubServiceClient } from "${PACKAGES[side]}";`;
    const settings = {
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      outfile,
    };
    await build({ ...settings, stdin: { contents, resolveDir: root } });
    urls[side] = pathToFileURL(outfile).href;
  }
  return urls;
};

/** Milliseconds to the first token, bundled and as installed, in a runtime that runs files. */
export const measureCold = async ({ command, args }, folder, rounds) => {
  const modules = { bundled: await bundles(folder), installed: PACKAGES };
  const results = {};
  for (const [kind, module] of Object.entries(modules)) {
    const measure = async (side) =>
      Number(await run(command, [...args, script, module[side]], { cwd: root }));
    results[kind] = compare(await takeTurns(SIDES, measure, rounds));
  }
  return results;
};
