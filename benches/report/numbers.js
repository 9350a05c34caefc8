// How figures are written for people.

/** Three significant digits, without an exponent. */
export const short = (value) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

/** A time that was measured in microseconds or in milliseconds, in the unit that reads best. */
export const duration = (value, unit) => {
  if (unit === "us" && value >= 1000) return `${short(value / 1000)} ms`;
  return `${short(value)} ${unit === "us" ? "µs" : unit}`;
};

const BINARY = ["B", "KiB", "MiB"];

/** A number of bytes. */
export const bytes = (value) => {
  const step = value >= 1_048_576 ? 2 : value >= 1024 ? 1 : 0;
  return `${short(value / 1024 ** step)} ${BINARY[step]}`;
};

export const kilobytes = (value) => `${(value / 1000).toFixed(0)} kB`;

/** A ratio of this package to another side, as people say it. */
export const ratio = (value, side) => {
  if (side === "floor") return `${short(value)}x the floor`;
  return value <= 1 ? `${short(1 / value)}x as fast` : `${short(value)}x as long`;
};
