/** The options of retries, as the core reads them. Not in here: when requests are retried, which the core decides. */
import { amount, flag, object, optional } from "./arguments.js";
import { whole, yes } from "./core.js";
import type { RetryOptions } from "./options.js";

/** Reads the options of retries; what is not given is empty. */
export const readRetry = (given: RetryOptions | undefined): readonly (string | number)[] => {
  const options = object(given, 'option "retryOptions"', [
    "maxRetries",
    "retryDelayInMs",
    "maxRetryDelayInMs",
    "repeatSends",
  ]);
  const numbers = (["maxRetries", "retryDelayInMs", "maxRetryDelayInMs"] as const).map(
    (name) => optional(options, name, (value, what) => whole(amount(value, what))) ?? "",
  );
  return [...numbers, yes(optional(options, "repeatSends", flag))];
};
