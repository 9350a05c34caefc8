// The parts that run inside a runtime: single calls, how cost grows, and whether memory does.
import { CASES, SERIES, callsPerRun, pointName } from "./plan.js";
import { calibrate, compare, summarize, takeTurns } from "./interleave.js";

/** Microseconds per call of the sides of a case, after a check that each side does its job. */
const timeCase = async (agent, name, sides, { rounds, perRun = 1, ...settings }) => {
  const times = {};
  for (const side of sides) {
    await agent.ask({ task: "check", name, side });
    times[side] = await calibrate((times) => agent.time(name, side, times), settings);
  }
  const measure = async (side) => {
    const ms = await agent.time(name, side, times[side]);
    return (ms * 1000) / (times[side] * perRun);
  };
  return compare(await takeTurns(sides, measure, rounds));
};

/** Every single call. A runtime that cannot make an optional one says why. */
export const timeCalls = async (agent, settings) => {
  const results = {};
  for (const [name, { sides, optional }] of Object.entries(CASES)) {
    try {
      results[name] = await timeCase(agent, name, sides, settings);
    } catch (error) {
      if (!optional) throw error;
      results[name] = { unavailable: error.message.split("\n")[0] };
    }
  }
  return results;
};

/** Every series: by its name, one result per point. */
export const timeGrowth = async (agent, settings) => {
  const results = {};
  for (const [series, { points, sides }] of Object.entries(SERIES)) {
    results[series] = [];
    for (const point of points) {
      const perRun = callsPerRun(series, point);
      const result = await timeCase(agent, pointName(series, point), sides, { ...settings, perRun });
      results[series].push({ point, ...result });
    }
  }
  return results;
};

/**
 * How much memory so many calls of each kind leave behind, in bytes. Memory is read after each tenth of the calls, one
 * and a half times over; a median of three readings is compared with the one ten readings later.
 */
export const measureMemory = async (agent, calls) => {
  const readings = [];
  for (let i = 0; i < 15; i++) {
    await agent.ask({ task: "repeatAll", times: calls / 10 });
    readings.push(await agent.ask({ task: "memory" }));
  }
  // The first two readings are left out: compiled code is still being added to the heap.
  const [first, last] = [readings.slice(2, 5), readings.slice(12)];
  const median = (some, kind) => summarize(some.map((reading) => reading[kind])).median;
  const growth = (kind) => median(last, kind) - median(first, kind);
  return {
    calls,
    heapGrowth: first[0].heap === undefined ? undefined : growth("heap"),
    wasmGrowth: growth("wasm"),
    wasm: last[2].wasm,
  };
};
