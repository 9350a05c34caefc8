// What the reports of both benchmarks share.
import { availableParallelism, cpus } from "node:os";

/** Announces a step to the person at the terminal. */
export const step = (text) => process.stderr.write(`${text} ...\n`);

/** The processor, and the cores that this process may use. */
export const machine = () => `${cpus()[0].model.trim()}, ${availableParallelism()} cores`;

/** How to read the tables. */
export const LEGEND =
  "Medians, with quartiles in brackets. Sides take turns; ratios compare measurements of the same round.";

/** The targets as lines; those of a runtime name it. */
export const targetLines = (targets) => [
  "",
  "Targets",
  ...targets.map(({ title, runtime, target, value, isMet }) => {
    const name = runtime === undefined ? title : `${title}, ${runtime}`;
    return `${isMet ? "✓" : "✗"} ${name}: ${value} (target: ${target})`;
  }),
];

/** Numbers with four significant digits: more would only be noise in a diff. */
const rounded = (_key, value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/** The results as the text of a JSON file. */
export const resultsText = (results) => `${JSON.stringify(results, rounded, 2)}\n`;
