// The figure of single calls and cold starts: a panel for each, two bars for each runtime.
import { CASES, COLD } from "../plan.js";
import { duration, ratio } from "./numbers.js";
import { COLUMN, MARGIN, WIDTH, figure, line, rect, text } from "./svg.js";

const TOP = 64;
const ROW = 30;
const BAR = 10;
const LABELS = 70;
const VALUES = 160;

const panels = ({ calls, cold }) =>
  [
    ...Object.entries(CASES).map(([name, { title, sides }]) => ({
      title,
      part: calls,
      name,
      unit: "us",
      other: sides[1],
    })),
    ...Object.entries(COLD).map(([name, { title }]) => ({
      title,
      part: cold,
      name,
      unit: "ms",
      other: "official",
    })),
  ].map((panel) => ({
    ...panel,
    rows: Object.entries(panel.part).flatMap(([runtime, results]) => {
      const result = results[panel.name];
      return result?.ours ? [{ runtime, result }] : [];
    }),
  }));

const bar = (x, y, scale, { median, q1, q3 }, unit, side) => [
  rect(x, y, Math.max(1, median * scale), BAR, { class: side, rx: 1.5 }),
  line(x + Math.max(0, q1) * scale, y + BAR / 2, x + q3 * scale, y + BAR / 2, { class: "spread" }),
  text(x + Math.max(median, q3) * scale + 5, y + BAR - 1, duration(median, unit), { class: "quiet" }),
];

const draw = ({ title, rows, unit, other }, x, y, titleOf) => {
  const largest = Math.max(...rows.flatMap(({ result }) => [result.ours, result[other]].map(({ q3 }) => q3)));
  const scale = (COLUMN - 2 * MARGIN - LABELS - VALUES) / largest;
  return [
    text(x, y, title, { class: "title" }),
    text(x + COLUMN - 2 * MARGIN, y, `compared with ${other === "floor" ? "the floor" : "official"}`, {
      class: "quiet",
      "text-anchor": "end",
    }),
    ...rows.flatMap(({ runtime, result }, index) => {
      const top = y + 12 + index * ROW;
      return [
        text(x, top + BAR + 4, titleOf(runtime)),
        ...bar(x + LABELS, top, scale, result.ours, unit, "ours"),
        ...bar(x + LABELS, top + BAR + 1, scale, result[other], unit, "other"),
        text(x + COLUMN - 2 * MARGIN, top + BAR + 4, ratio(result.ratio.median, other), {
          "text-anchor": "end",
        }),
      ];
    }),
  ];
};

/** bench.svg */
export const bars = (results) => {
  const titleOf = (runtime) => results.runtimes[runtime].title;
  const all = panels(results);
  const panelHeight = 34 + ROW * Math.max(...all.map(({ rows }) => rows.length));
  const height = TOP + panelHeight * Math.ceil(all.length / 2) + 4;
  const legend = [
    rect(MARGIN, 18, 12, 10, { class: "ours", rx: 1.5 }),
    text(MARGIN + 18, 27, "webpubsub-edge"),
    rect(MARGIN + 130, 18, 12, 10, { class: "other", rx: 1.5 }),
    text(MARGIN + 148, 27, "official package, or floor: the runtime's own Request, body read and Response"),
    text(WIDTH - MARGIN, 27, "median and quartiles; shorter is faster", {
      class: "quiet",
      "text-anchor": "end",
    }),
  ];
  const drawn = all.flatMap((panel, index) => {
    const x = MARGIN + (index % 2) * COLUMN;
    return draw(panel, x, TOP + panelHeight * Math.floor(index / 2), titleOf);
  });
  return figure(WIDTH, height, "Time of single calls and of cold starts, by runtime", [...legend, ...drawn]);
};
