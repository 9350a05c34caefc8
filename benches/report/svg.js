// The pieces that the figures are made of: a card with its own background, which reads on light and dark pages alike.
// No scripts, no fonts of their own.

/** The layout of a figure: panels in two columns. */
export const WIDTH = 880;
export const COLUMN = WIDTH / 2;
export const MARGIN = 20;

const STYLE = `
    text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
    .title { font-size: 13px; font-weight: 600; }
    .quiet { fill: #57606a; font-size: 11px; }
    .card { fill: #ffffff; stroke: #d0d7de; }
    .grid { stroke: #d8dee4; fill: none; }
    .ours { fill: #0969da; } .other { fill: #afb8c1; }
    .spread { stroke: #24292f; stroke-width: 1; }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .curve.ours { stroke: #0969da; fill: none; } .curve.other { stroke: #8c959f; fill: none; }
    .second { stroke-dasharray: 5 4; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .quiet { fill: #9da7b1; }
      .card { fill: #0d1117; stroke: #30363d; } .grid { stroke: #30363d; }
      .ours { fill: #4493f8; } .other { fill: #57606a; } .spread { stroke: #e6edf3; }
      .curve.ours { stroke: #4493f8; } .curve.other { stroke: #8b949e; }
    }
  `;

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => String(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);
const number = (value) => String(Math.round(value * 10) / 10);

const element = (name, attributes, content) => {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? number(value) : escape(value)}"`,
  );
  return content === undefined
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${escape(content)}</${name}>`;
};

export const text = (x, y, content, attributes = {}) => element("text", { x, y, ...attributes }, content);
export const rect = (x, y, width, height, attributes) =>
  element("rect", { x, y, width, height, ...attributes });
export const line = (x1, y1, x2, y2, attributes) => element("line", { x1, y1, x2, y2, ...attributes });
export const circle = (cx, cy, r, attributes) => element("circle", { cx, cy, r, ...attributes });
export const curve = (points, attributes) =>
  element("polyline", {
    points: points.map((point) => point.map(number).join(",")).join(" "),
    ...attributes,
  });

/** A whole figure; `description` is what a screen reader reads. */
export const figure = (width, height, description, elements) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" role="img">
  ${element("title", {}, description)}
  <style>${STYLE}</style>
  ${[rect(0.5, 0.5, width - 1, height - 1, { rx: 8, class: "card" }), ...elements].join("\n  ")}
</svg>
`;
