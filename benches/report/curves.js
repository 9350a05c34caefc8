// The figure of growth: a panel for each series, both axes logarithmic, a curve for each side and runtime.
import { SERIES } from "../plan.js";
import { bytes, duration } from "./numbers.js";
import { COLUMN, MARGIN, WIDTH, circle, curve, figure, line, text } from "./svg.js";

const TOP = 78;
const PANEL = 230;
const AXIS = 52;
const PLOT = { width: COLUMN - 2 * MARGIN - AXIS, height: 150 };

/** A function from values to places, by the logarithm. */
const logarithmic = (low, high, start, end) => (value) =>
  start + ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (end - start);

const draw = ({ name, title, points, sides }, growth, x, y) => {
  const curves = Object.values(growth).flatMap((results, index) =>
    sides.map((side) => ({
      class: `curve ${side === "ours" ? "ours" : "other"}${index > 0 ? " second" : ""}`,
      dot: side === "ours" ? "ours" : "other",
      values: results[name].map((result) => [result.point, result[side].median]),
    })),
  );
  const times = curves.flatMap(({ values }) => values.map(([, time]) => time));
  const low = 10 ** Math.floor(Math.log10(Math.min(...times)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...times)));
  const left = x + AXIS;
  const bottom = y + 16 + PLOT.height;
  const toX = logarithmic(points[0], points.at(-1), left + 8, left + PLOT.width - 8);
  const toY = logarithmic(low, high, bottom, y + 16);
  const decades = Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, i) => low * 10 ** i);
  const label = name.toLowerCase().endsWith("body") ? bytes : String;
  return [
    text(x, y, title, { class: "title" }),
    ...decades.flatMap((time) => [
      line(left, toY(time), left + PLOT.width, toY(time), { class: "grid" }),
      text(left - 6, toY(time) + 4, duration(time, "us"), { class: "quiet", "text-anchor": "end" }),
    ]),
    ...points.map((point) =>
      text(toX(point), bottom + 16, label(point), { class: "quiet", "text-anchor": "middle" }),
    ),
    ...curves.toReversed().flatMap(({ values, dot, ...attributes }) => {
      const places = values.map(([point, time]) => [toX(point), toY(time)]);
      return [curve(places, attributes), ...places.map(([cx, cy]) => circle(cx, cy, 2.5, { class: dot }))];
    }),
  ];
};

const legend = (titles) =>
  titles.flatMap((title, index) => {
    const second = index > 0 ? " second" : "";
    const y = 22 + index * 18;
    return [
      line(MARGIN, y, MARGIN + 26, y, { class: `curve ours${second}` }),
      text(MARGIN + 32, y + 4, `webpubsub-edge, ${title}`),
      line(MARGIN + 200, y, MARGIN + 226, y, { class: `curve other${second}` }),
      text(MARGIN + 232, y + 4, `official package, or for events the floor, ${title}`),
    ];
  });

/** growth.svg */
export const curves = ({ growth, runtimes }) => {
  const titles = Object.keys(growth).map((runtime) => runtimes[runtime].title);
  const series = Object.entries(SERIES).map(([name, one]) => ({ name, ...one }));
  const note = "median time per call; lower is faster";
  const drawn = series.flatMap((one, index) =>
    draw(one, growth, MARGIN + (index % 2) * COLUMN, TOP + PANEL * Math.floor(index / 2)),
  );
  return figure(WIDTH, TOP + PANEL * Math.ceil(series.length / 2) - 20, "How the time of a call grows", [
    ...legend(titles),
    text(WIDTH - MARGIN, 26, note, { class: "quiet", "text-anchor": "end" }),
    ...drawn,
  ]);
};
