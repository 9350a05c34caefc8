// Errors: the class that failures are thrown as, and its makers. The core calls some of them, so that nothing
// here may import the core.

/** A request that failed: the service said no, did not answer in time, or could not be reached. */
export class RestError extends Error {
  static REQUEST_SEND_ERROR = "REQUEST_SEND_ERROR";
  static PARSE_ERROR = "PARSE_ERROR";
  static REQUEST_TIMEOUT = "REQUEST_TIMEOUT";

  constructor(message, options = {}) {
    const { code, statusCode, kind = "Unexpected", details, request, response, cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RestError";
    this.kind = kind;
    if (code !== undefined) this.code = code;
    if (statusCode !== undefined) this.statusCode = statusCode;
    if (details !== undefined) this.details = details;
    // Not enumerable, so that printing the error shows what matters.
    Object.defineProperty(this, "request", { value: request });
    Object.defineProperty(this, "response", { value: response });
  }
}

/** Whether an error is a RestError, of this copy of the package or of another. */
export const isRestError = (error) =>
  error instanceof RestError || (error instanceof Error && error.name === "RestError");

/** Bad input: a TypeError, or a RangeError where a number or a length is outside its limits. */
export const argumentError = (message, code, outOfRange = false) =>
  Object.assign(new (outOfRange ? RangeError : TypeError)(message), { code });

/** No answer, or none that the service gives. */
export const transportError = (message, code, kind, cause) => new RestError(message, { code, kind, cause });

/** What an aborted call is rejected with; its cause is the reason that the signal gave. */
export const abortError = (reason) => {
  const error = new Error("The operation was aborted.", { cause: reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
};
