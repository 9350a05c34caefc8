// Plays every scenario with every client, checks the account of each, and compares what happened with the table in
// docs/faults.md, or writes it: `node run.js --package DIR --rust-client PROGRAM [--write]`. The last line is
// `N played, N wrong`; the exit code is 0 when nothing is wrong and the table is that of the run. `--only TEXT` plays the
// scenarios whose name contains a text, and prints their rows.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { end, root } from "../programs.js";
import { faultsOf } from "./account.js";
import { cellsOf } from "./cells.js";
import { inNode, withProgram, withWorkerd } from "./clients.js";
import { play } from "./play.js";
import { connections, responses } from "./scenarios/connections.js";
import { entra, keys } from "./scenarios/credentials.js";
import { clocks, contents, redirections, refusals, throttling } from "./scenarios/statuses.js";
import { END, START, tableOf } from "./table.js";

const SECTIONS = [connections, responses, contents, refusals, clocks, throttling, redirections, keys, entra];
const AT_ONCE = 16;

const text = { type: "string" };
const { values } = parseArgs({
  options: { package: text, "rust-client": text, write: { type: "boolean" }, only: text },
});
const { package: folder, "rust-client": rustClient, write, only } = values;
if (!folder || !rustClient) throw new Error("Give --package DIR and --rust-client PROGRAM");

/** A row for each scenario and call, in the order of the table. */
const sections = SECTIONS.map(({ title, scenarios }) => ({
  title,
  rows: scenarios.flatMap((scenario) => scenario.calls.map((call) => ({ scenario, call, cells: {} }))),
}));
const rows = sections
  .flatMap(({ rows }) => rows)
  .filter(({ scenario }) => !only || scenario.fault.includes(only));

const wrong = [];
let played = 0;

const playAll = async (name, client) => {
  const queue = [...rows];
  const work = async () => {
    for (let row; (row = queue.shift()) !== undefined;) {
      const outcome = await play(row.scenario, row.call, client);
      row.cells[name] = cellsOf(row.scenario, row.call, outcome);
      played += 1;
      for (const fault of faultsOf(row.scenario, outcome)) {
        wrong.push(`${name}: ${row.scenario.fault}, ${row.call}: ${fault}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

await playAll("Node", await inNode(folder));
await withWorkerd(folder, (client) => playAll("workerd", client));
await withProgram(rustClient, (client) => playAll("Rust", client));

for (const fault of wrong) console.log(`WRONG  ${fault}`);
if (only) {
  for (const { scenario, call, cells } of rows) console.log(scenario.fault, call, cells);
} else {
  const path = join(root, "docs/faults.md");
  const before = await readFile(path, "utf8");
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  if (start < 0 || end < 0) throw new Error(`docs/faults.md has no place for the table: ${START} to ${END}`);
  const draft = `${before.slice(0, start)}${START}\n\n${tableOf(sections)}\n\n${before.slice(end)}`;
  const after = await format(draft, { ...(await resolveConfig(path)), parser: "markdown" });
  if (write) await writeFile(path, after);
  else if (after !== before) {
    // Cells are padded by prettier: one wider cell changes every line of its table.
    const lines = (text) =>
      text.split("\n").map((line) => line.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-"));
    const [old, now] = [new Set(lines(before)), new Set(lines(after))];
    for (const line of old) if (!now.has(line)) console.log(`- ${line}`);
    for (const line of now) if (!old.has(line)) console.log(`+ ${line}`);
    wrong.push(
      "docs/faults.md differs from what happened: check the lines above, then run `cargo xtask faults`",
    );
    console.log(`WRONG  ${wrong.at(-1)}`);
  }
}
console.log(`${played} played, ${wrong.length} wrong`);
end(wrong.length === 0);
