// How the results compare with the targets of plan.js.
import { CASES, COLD, MEMORY, TARGETS } from "./plan.js";
import { kilobytes } from "./report/numbers.js";
import { RUNTIMES } from "./runtimes.js";

/** Every target whose ratio was measured, with the ratio and whether it is met. */
const ratioTargets = (results) =>
  TARGETS.flatMap(({ part, name, runtime, text, isMet }) => {
    const ratio = results[part][runtime]?.[name]?.ratio?.median;
    if (ratio === undefined) return [];
    const { title } = { ...CASES, ...COLD }[name];
    const value = text.includes("fast") ? `${(1 / ratio).toFixed(1)}x as fast` : `${ratio.toFixed(2)}x`;
    return [{ title, runtime: RUNTIMES[runtime].title, target: text, value, isMet: isMet(ratio) }];
  });

const memoryTargets = (results) =>
  Object.entries(results.memory).map(([runtime, { calls, heapGrowth, wasmGrowth }]) => {
    const heap = heapGrowth === undefined ? "heap not reported" : `heap ${kilobytes(heapGrowth)}`;
    return {
      title: `Memory growth over ${calls} calls`,
      runtime: RUNTIMES[runtime].title,
      target: `heap at most ${kilobytes(MEMORY.heapBytes)}, WebAssembly 0 kB`,
      value: `${heap}, WebAssembly ${kilobytes(wasmGrowth)}`,
      isMet: wasmGrowth <= 0 && (heapGrowth ?? 0) <= MEMORY.heapBytes,
    };
  });

export const judge = (results) => [...ratioTargets(results), ...memoryTargets(results)];
