/**
 * Failed calls as errors, in the core's words.
 *
 * Not in here: invalid arguments (`arguments.ts`, `core.ts`), the classes (`errors.ts`).
 */
import { Operation, fields, whole } from "./core.js";
import { transportError } from "./errors.js";
import type { RestError, RestErrorKind } from "./errors.js";

/** The failures that the core has no response to judge by, in the order of `failure` in `src/js/service.rs`. */
export const enum Failure {
  Network,
  Timeout,
  NotConnections,
  NotToken,
  Credential,
  Issuer,
  TokenMalformed,
  ResponseTooLarge,
  LinkRepeated,
}

/** Creates the error for a failure; `about` is the limit that was exceeded, milliseconds or bytes, or the URL. */
export const failure = (which: Failure, cause?: unknown, about: number | string = 0): RestError => {
  const [kind, code, message] = fields<[RestErrorKind, string, string]>(Operation.Failure, [
    which,
    typeof about === "string" ? about : whole(about),
  ]);
  return transportError(message, code, kind, cause);
};

/** The value of a JSON text; nothing for any other text. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A member of a value, if it is a string; an empty text otherwise. */
export const textMember = (value: unknown, name: string): string => {
  const member = (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof member === "string" ? member : "";
};
