// Processes that work for this one: the side of the parent, and that of the process.
import { fork } from "node:child_process";
import { once } from "node:events";

/** Starts a program that calls `serveParent`; `ask(request)` resolves with its result. */
export const startWorker = (program) => {
  const child = fork(program, { serialization: "advanced" });
  const ended = once(child, "exit").then(([status]) => ({ error: `${program} ended: ${status}` }));
  const ask = async (request) => {
    child.send(request);
    const { result, error } = await Promise.race([once(child, "message").then(([answer]) => answer), ended]);
    if (error) throw new Error(error);
    return result;
  };
  return { ask, stop: () => child.disconnect() };
};

/** Calls `work(request)` for each request of the parent and returns the result to it; exits with the parent. */
export const serveParent = (work) => {
  process.on("message", async (request) => {
    try {
      process.send({ result: await work(request) });
    } catch (error) {
      process.send({ error: String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
};
