/** The end of a call: the caller's abort signal, and the maximum time for the call. */
import { abortError } from "./errors.js";
import { Failure, failure } from "./failures.js";
import type { AbortSignalLike } from "./platform.js";

/** The longest delay that timers support; longer ones would fire at once. */
const MAX_DELAY = 2_147_483_647;

/**
 * The limits of a call that is under way. Its work calls `check` after it has waited, or waits by `sleep`, so that it does
 * not go on after the call is over.
 */
export class Deadline {
  #abortSignal: AbortSignalLike | undefined;
  #onAbort: () => void;
  #reject: (error: Error) => void;
  #timeout: unknown;
  #pause: unknown;
  #controller: AbortController | undefined;
  #error: Error | undefined;

  constructor(
    abortSignal: AbortSignalLike | undefined,
    milliseconds: number,
    reject: (error: Error) => void,
  ) {
    this.#abortSignal = abortSignal;
    this.#reject = reject;
    // Set here and not as a field: bundlers that keep names would define the name of a field's function in each call.
    this.#onAbort = () => this.#stop(abortError(abortSignal?.reason));
    abortSignal?.addEventListener("abort", this.#onAbort);
    if (milliseconds > 0) {
      this.#timeout = setTimeout(
        () => this.#stop(failure(Failure.Timeout, undefined, milliseconds)),
        Math.min(milliseconds, MAX_DELAY),
      );
    }
  }

  /** Whether the call was aborted or timed out. */
  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** Fires when the call is aborted or times out. Created when it is first read, since that is not cheap. */
  get signal(): AbortSignalLike {
    this.#controller ??= new AbortController();
    if (this.#error) this.#controller.abort(this.#error);
    return this.#controller.signal;
  }

  /** Throws after the end of the call. Nobody sees the error: the call has ended with it. */
  check(): void {
    if (this.#error) throw this.#error;
  }

  /** Waits for a time. Never returns after the end of the call. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#error) this.#pause = setTimeout(resolve, Math.min(milliseconds, MAX_DELAY));
    });
  }

  /** Removes the timers and the listener of the call. */
  clear(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#pause);
    this.#abortSignal?.removeEventListener("abort", this.#onAbort);
  }

  #stop(error: Error): void {
    this.#error = error;
    this.clear();
    this.#reject(error);
    this.#controller?.abort(error);
  }
}

/** Runs `work` until it ends, is aborted or takes longer than `milliseconds`; 0 means no limit. */
export const within = <T>(
  abortSignal: AbortSignalLike | undefined,
  milliseconds: number,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    if (abortSignal?.aborted) throw abortError(abortSignal.reason);
    const deadline = new Deadline(abortSignal, milliseconds, reject);
    work(deadline)
      .finally(() => deadline.clear())
      .then(resolve, reject);
  });
