// The results as text for the terminal, and how they compare with the targets.
import { compare, summarize } from "../interleave.js";
import { short } from "../report/numbers.js";
import { MEASURES, SIDES, TARGETS } from "./plan.js";

/** Medians and quartiles of each side, and of the ratio of the emulator to the other. */
export const summaries = (values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, sides]) => [
      name,
      Object.keys(sides).length === 2 && name !== "lost" ? compare(sides) : one(name, sides),
    ]),
  );

/** Losses add up; a ratio of them would say nothing. */
const one = (name, sides) =>
  Object.fromEntries(
    Object.entries(sides).map(([side, values]) => [
      side,
      name === "lost" ? { median: values.reduce((sum, value) => sum + value, 0) } : summarize(values),
    ]),
  );

export const judge = (results) =>
  TARGETS.map(({ measure, ratio, atMost, atLeast }) => {
    const { title, unit, sides } = MEASURES[measure];
    const value = results[measure][ratio ? "ratio" : "emulator"].median;
    const text = (figure) => (ratio ? `${short(figure)} × ${SIDES[sides[1]]}` : `${short(figure)} ${unit}`.trim());
    return {
      title,
      value: text(value),
      target: atMost === undefined ? `at least ${text(atLeast)}` : `at most ${text(atMost)}`,
      isMet: atMost === undefined ? value >= atLeast : value <= atMost,
    };
  });

const figure = ({ median, q1, q3 }) =>
  q1 === undefined || q1 === q3 ? short(median) : `${short(median)} (${short(q1)}–${short(q3)})`;

const line = (first, others) => [first.padEnd(48), ...others.map((text) => text.padStart(24))].join("").trimEnd();

export const table = ({ measures, targets }) =>
  [
    "Medians, with quartiles in brackets. Sides take turns; ratios compare measurements of the same round.",
    "",
    line("", ["emulator", "compared with", "ratio"]),
    ...Object.entries(MEASURES).map(([name, { title, unit, sides }]) => {
      const result = measures[name];
      const [own, other] = sides.map((side) => `${figure(result[side])} ${unit}`.trim());
      const others = other === undefined ? [] : [`${SIDES[sides[1]]}: ${other}`];
      return line(title, [own, ...others, ...(result.ratio ? [`${short(result.ratio.median)}x`] : [])]);
    }),
    "",
    "Targets",
    ...targets.map(({ title, value, target, isMet }) => `${isMet ? "✓" : "✗"} ${title}: ${value} (${target})`),
  ].join("\n");
