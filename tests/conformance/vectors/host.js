// What a vector needs of its host: a clock that stands still, known randomness, timers that fire at once, and
// responses that are given.
import { answer } from "../recorder.js";

/** The time of all vectors, in seconds since 1970: Tue, 14 Nov 2023 22:13:20 GMT. */
export const NOW = 1_700_000_000;

/** Runs something on this host; returns the delays of its timers, in milliseconds. `clock.now` may be moved. */
export const onHost = async (run, { clock = { now: NOW }, random = 0 } = {}) => {
  const { setTimeout } = globalThis;
  const { now } = Date;
  const original = Math.random;
  const waits = [];
  Date.now = () => clock.now * 1000;
  Math.random = () => random;
  globalThis.setTimeout = (callback, milliseconds) => {
    waits.push(milliseconds);
    return setTimeout(callback, 0);
  };
  try {
    await run();
    return waits;
  } finally {
    Object.assign(globalThis, { setTimeout });
    Date.now = now;
    Math.random = original;
  }
};

/**
 * A `fetch` that gives these responses, the last one again and again, and the requests that it got: URL and init. A
 * response is `{ status, headers, body }`, or `null` when none arrives.
 */
export const responding = (responses) => {
  const requests = [];
  const fetch = async (url, init) => {
    const response = responses[Math.min(requests.length, responses.length - 1)];
    requests.push({ url, ...init });
    if (response === null) throw new TypeError("the network is down");
    return answer(response.status, response);
  };
  return { fetch, requests };
};
