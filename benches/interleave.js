// Timing in turns: each round measures every side once, in alternating order, so that whatever else the machine does
// meets all sides alike. Ratios are formed within a round.

/** The value below which a share of the sorted values lies, interpolated. */
const quantile = (sorted, share) => {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
};

/** The median and the quartiles. */
export const summarize = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) };
};

/** The values of each side, measured in turn with `measure(side)`. */
export const takeTurns = async (sides, measure, rounds) => {
  const values = Object.fromEntries(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) values[side].push(await measure(side));
  }
  return values;
};

/** The summaries of two sides, and that of the ratio of the first to the second. */
export const compare = (values) => {
  const [first, second] = Object.keys(values);
  const ratios = values[first].map((value, round) => value / values[second][round]);
  return {
    [first]: summarize(values[first]),
    [second]: summarize(values[second]),
    ratio: summarize(ratios),
  };
};

/**
 * The number of calls that take about `roundMs`, found while the code warms up: `time(times)` gives milliseconds.
 * Just-in-time compilers need some hundred milliseconds before figures stand still.
 */
export const calibrate = async (time, { roundMs, warmUpMs }) => {
  let times = 1;
  let spent = 0;
  for (;;) {
    const ms = await time(times);
    spent += ms;
    if (ms >= roundMs / 2 && spent >= warmUpMs) return Math.max(1, Math.round((times * roundMs) / ms));
    const wanted = roundMs / Math.max(ms, 0.1);
    times = Math.max(1, Math.round(times * Math.min(wanted, 4)));
  }
};
