// The results as text for the terminal, and how they compare with the targets.
import { compare, summarize } from "../interleave.js";
import { short } from "../report/numbers.js";
import { LEGEND, targetLines } from "../report/results.js";
import { MEASURES, OTHERS, TARGETS } from "./plan.js";

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Medians and quartiles of each side, and of the ratio of the emulator to the other. */
export const summaries = (values) =>
  Object.fromEntries(
    Object.entries(MEASURES).map(([name, { sides, isSum, noRatio }]) => {
      const measured = Object.fromEntries(sides.map((side) => [side, values[name][side]]));
      if (sides.length === 2 && !isSum && !noRatio) return [name, compare(measured)];
      const summary = isSum ? (all) => ({ median: sum(all) }) : summarize;
      return [name, Object.fromEntries(sides.map((side) => [side, summary(measured[side])]))];
    }),
  );

export const judge = (results) =>
  TARGETS.map(({ measure, ratio, atMost, atLeast }) => {
    const { title, unit, sides } = MEASURES[measure];
    const value = results[measure][ratio ? "ratio" : "emulator"].median;
    const text = (figure) =>
      ratio ? `${short(figure)} × ${OTHERS[sides[1]]}` : `${short(figure)} ${unit}`.trim();
    return {
      title,
      value: text(value),
      target: atMost === undefined ? `at least ${text(atLeast)}` : `at most ${text(atMost)}`,
      isMet: atMost === undefined ? value >= atLeast : value <= atMost,
    };
  });

/** A median with its unit and, when the rounds differ, its quartiles. */
const spread = ({ median, q1, q3 }, unit) => {
  const figure = `${short(median)} ${unit}`.trim();
  return q1 === undefined || q1 === q3 ? figure : `${figure} (${short(q1)}–${short(q3)})`;
};

const row = ([name, { title, unit, sides }], measures) => {
  const [own, other] = sides.map((side) => spread(measures[name][side], unit));
  const { ratio } = measures[name];
  return [
    title,
    own,
    other === undefined ? "" : `${OTHERS[sides[1]]}: ${other}`,
    ratio ? spread(ratio, "×") : "",
  ];
};

/** Rows as lines: the first column to the left, the others to the right. */
const lines = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 3));
  return rows.map((cells) => cells.map(pad).join("").trimEnd());
};

/** All results: medians, with the quartiles in brackets. */
export const table = ({ machine, loadBefore, plan, measures, targets }) => {
  const { clients, broadcast } = plan;
  return [
    `${clients} clients, ${broadcast.bytes} bytes ${broadcast.perSecond} times a second; ${machine}, load ${short(loadBefore)}`,
    LEGEND,
    "",
    ...lines([
      ["", "emulator", "compared with", "ratio"],
      ...Object.entries(MEASURES).map((entry) => row(entry, measures)),
    ]),
    ...targetLines(targets),
  ].join("\n");
};
