// The results as text for the terminal.
import { CASES, COLD, SERIES, SIDES } from "../plan.js";
import { bytes, duration, kilobytes, ratio, short } from "./numbers.js";
import { LEGEND, targetLines } from "./results.js";

const line = (first, others, width = 24) =>
  [first.padEnd(16), ...others.map((text) => text.padStart(width))].join("").trimEnd();

/** A median with its quartiles. */
const spread = ({ median, q1, q3 }, unit) => `${duration(median, unit)} (${short(q1)}–${short(q3)})`;

const otherSide = (result) => (result.floor ? "floor" : "official");

/** The lines of one result: each side, and their ratio. */
const row = (title, result, unit) => {
  if (result.unavailable) return line(title, [`not available: ${result.unavailable}`], 0);
  const other = otherSide(result);
  return line(title, [
    spread(result.ours, unit),
    spread(result[other], unit),
    ratio(result.ratio.median, other),
  ]);
};

const heading = (title, other) => ["", title, line("", [SIDES.ours, SIDES[other], ""])];

/** A table of one case with a row for each runtime. */
const byRuntime = (title, other, unit, entries, titleOf) => [
  ...heading(title, other),
  ...entries.map(([runtime, result]) => row(titleOf(runtime), result, unit)),
];

const pick = (part, name) =>
  Object.entries(part).flatMap(([runtime, results]) => (results[name] ? [[runtime, results[name]]] : []));

const growthLines = (growth, titleOf) =>
  Object.entries(SERIES).flatMap(([name, { title, sides }]) =>
    Object.entries(growth).flatMap(([runtime, results]) => [
      ...heading(`${title}, time per call (${titleOf(runtime)})`, sides[1]),
      ...results[name].map((result) =>
        row(name.toLowerCase().endsWith("body") ? bytes(result.point) : String(result.point), result, "us"),
      ),
    ]),
  );

const memoryLines = (memory, titleOf) => [
  "",
  "Memory left behind by this package",
  line("", ["calls of each kind", "heap", "WebAssembly"]),
  ...Object.entries(memory).map(([runtime, { calls, heapGrowth, wasmGrowth }]) => {
    const heap = heapGrowth === undefined ? "not reported" : kilobytes(heapGrowth);
    return line(titleOf(runtime), [String(calls), heap, kilobytes(wasmGrowth)]);
  }),
];

/** All results: medians, with the quartiles in brackets. */
export const table = ({ runtimes, calls, cold, growth, memory, targets }) => {
  const titleOf = (runtime) => runtimes[runtime].title;
  return [
    LEGEND,
    ...Object.entries(CASES).flatMap(([name, { title, sides }]) =>
      byRuntime(title, sides[1], "us", pick(calls, name), titleOf),
    ),
    ...Object.entries(COLD).flatMap(([name, { title }]) =>
      byRuntime(title, "official", "ms", pick(cold, name), titleOf),
    ),
    ...growthLines(growth, titleOf),
    ...memoryLines(memory, titleOf),
    ...targetLines(targets),
  ].join("\n");
};
