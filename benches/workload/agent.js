// What the host asks of a runtime, as plain objects: `{ task, ... }` in, a result out. serve.js and worker.js carry it.
import { wasmBytes } from "./wasm-memory.js";
import { check, repeat, repeatAll } from "./calls.js";

/** Collects garbage; every runtime that is measured exposes its collector. */
const collect = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.Bun?.gc(true);
    globalThis.gc?.();
    // Finalizers run between tasks.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

/** The heap in use, where the runtime reports it. */
const heapBytes = () => globalThis.process?.memoryUsage?.().heapUsed || undefined;

const tasks = {
  check,
  /** How long the calls took, by the clock of the runtime, which stands still in workerd. */
  async time(request) {
    const start = performance.now();
    await repeat(request);
    return { ms: performance.now() - start };
  },
  repeatAll,
  async memory() {
    await collect();
    return { heap: heapBytes(), wasm: wasmBytes() };
  },
};

/** Performs a task; an error becomes its text. */
export const perform = async ({ task, ...request }) => {
  try {
    return (await tasks[task](request)) ?? {};
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
};
