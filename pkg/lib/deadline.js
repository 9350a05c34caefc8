// The end of a call: the user's abort signal, and the time that the call may take.
import { abortError, transportError } from "./errors.js";

/** The longest time that timers can wait; longer ones would end at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Runs `work(signal, until)` until it ends, is aborted or takes too long. `until(promise)` waits for a promise
 * no longer than that. Nothing of a call outlives it: no timer, no listener.
 */
export const within = async (abortSignal, milliseconds, work) => {
  const controller = new AbortController();
  let stop;
  const stopped = new Promise((_, reject) => {
    stop = (error) => {
      reject(error);
      controller.abort(error);
    };
  });
  // Work that never waits leaves this promise alone.
  stopped.catch(() => {});
  const onAbort = () => stop(abortError(abortSignal.reason));
  if (abortSignal?.aborted) throw abortError(abortSignal.reason);
  abortSignal?.addEventListener("abort", onAbort);
  const timer =
    milliseconds > 0 &&
    setTimeout(
      () => {
        const message = `The service did not answer within ${milliseconds} ms: check the endpoint, or give more time`;
        stop(transportError(message, "REQUEST_TIMEOUT", "Timeout"));
      },
      Math.min(milliseconds, LONGEST),
    );
  try {
    return await work(controller.signal, (promise) => Promise.race([promise, stopped]));
  } catch (error) {
    // What a host says of an aborted fetch differs; what stopped the call does not.
    if (controller.signal.aborted) return await stopped;
    throw error;
  } finally {
    if (timer) clearTimeout(timer);
    abortSignal?.removeEventListener("abort", onAbort);
  }
};

/** Waits. */
export const sleep = (milliseconds, until) => {
  let timer;
  const done = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, LONGEST));
  });
  return until(done).finally(() => clearTimeout(timer));
};
