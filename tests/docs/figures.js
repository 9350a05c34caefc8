// The figures in Markdown files are those of the last recorded benchmark, and the tables are those that programs in docs/ print.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { root, run } from "../programs.js";

const read = (path) => readFile(join(root, path), "utf8");

/** Two significant digits: a run differs from the next by more than the third. */
const rounded = ({ median }) => Number(median.toPrecision(2));

/** The rows of the README's table that are measured: their beginning, the measurement and its unit. */
const MEASURED = [
  ["a client access token, in workerd", ({ calls }) => calls.workerd.token, "µs"],
  ["`sendToAll()` without the network, in workerd", ({ calls }) => calls.workerd.sendToAll, "µs"],
  ["the same with a text of 1 MiB", ({ growth }) => growth.workerd.body.at(-1), "µs"],
  ["import to first token, installed, in Node 24", ({ cold }) => cold["node-24"].installed, "ms"],
  ["an event through Express, in Node 24", ({ calls }) => calls["node-24"].express, "µs"],
];

const cells = (row) => row.split("|").map((cell) => cell.trim().replaceAll("*", ""));

/** The README's table has what `cargo xtask bench` measured last. */
export const expectReadme = async () => {
  const lines = (await read("README.md")).split("\n");
  const bench = JSON.parse(await read("benches/results/bench.json"));
  for (const [name, measurement, unit] of MEASURED) {
    const row = lines.find((line) => line.startsWith(`| ${name}`));
    assert(row, `README.md has no row for "${name}"`);
    const { ours, official } = measurement(bench);
    const [, , first, second] = cells(row);
    for (const [cell, measured] of [
      [first, ours],
      [second, official],
    ]) {
      const figure = `${rounded(measured)} ${unit}`;
      assert(
        cell === figure || cell.startsWith(`${figure},`),
        `README.md: "${name}" has ${cell}, not ${figure}`,
      );
    }
  }
};

/** A page has what a program prints, as prettier formats it. */
const expectPrinted = async (page, program) => {
  const printed = await run(process.execPath, [program], { cwd: root });
  const formatted = await format(printed, { parser: "markdown" });
  assert(
    (await read(page)).includes(formatted.trim()),
    `${page} differs from what \`node ${program}\` prints`,
  );
};

export const expectScale = () => expectPrinted("docs/scale.md", "docs/scale-model.js");

export const expectCodes = () => expectPrinted("docs/errors.md", "docs/error-codes.js");
