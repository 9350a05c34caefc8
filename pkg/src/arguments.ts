/**
 * Readers of the user's arguments: each checks the type of a value and returns it.
 *
 * Not in here: which values are valid, which the core decides.
 */
import { Operation, call } from "./core.js";
import { argumentError } from "./errors.js";
import type { InputError } from "./errors.js";

/** Checks a value; `what` names it in the error message, `code` is the error's code. */
export type Reader<T> = (value: unknown, what: string, code?: string) => T;

/** Creates the error for a value of the wrong type. */
export const wrongType = (what: string, expected: string, code = "InvalidOption"): InputError =>
  argumentError(`The ${what} must be ${expected}`, code);

/** Creates the reader for a type that `typeof` tells. */
const typed =
  <T>(type: string, expected: string): Reader<T> =>
  (value, what, code) => {
    if (typeof value === type && !Number.isNaN(value)) return value as T;
    throw wrongType(what, expected, code);
  };

const string: Reader<string> = /* @__PURE__ */ typed("string", "a string");
const members: Reader<object> = /* @__PURE__ */ typed("object", "an object");

/** Reads a number, except NaN. */
export const number: Reader<number> = /* @__PURE__ */ typed("number", "a number");

/** Reads a boolean: only an explicit `true` is a yes. */
export const flag: Reader<boolean> = /* @__PURE__ */ typed("boolean", "true or false");

/** Reads a function. */
export const callable: <T>(value: T, what: string, code?: string) => T = /* @__PURE__ */ typed<never>(
  "function",
  "a function",
);

/** Reads a string. Lone surrogates are refused: encoding would replace them, and so change a name. */
export const text: Reader<string> = (value, what, code) => {
  const given = string(value, what, code);
  if (given.isWellFormed()) return given;
  throw wrongType(what, "well-formed Unicode: it contains a lone surrogate", code);
};

/** Reads a number that is not negative, such as milliseconds or attempts. */
export const amount: Reader<number> = (value, what, code) => {
  const given = number(value, what, code);
  if (given >= 0) return given;
  throw argumentError(`The ${what} must not be negative`, "InvalidOption", true);
};

/** Reads a limit: an integer greater than 0. */
export const limit: Reader<number> = (value, what) => {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw argumentError(`The ${what} must be a positive integer`, "InvalidOption", true);
};

/** Reads an array of strings. */
export const texts: Reader<string[]> = (value, what, code) => {
  if (!Array.isArray(value)) throw wrongType(what, "an array of strings", code);
  return value.map((item, index) => text(item, `item at index ${index} of the ${what}`, code));
};

let checkedKey: string | undefined;

/** Reads an access key. It is read for each request, and checked when it has changed. */
export const accessKey = (value: unknown): string => {
  const key = text(value, "access key", "InvalidAccessKey");
  if (key !== checkedKey) call(Operation.Check, ["key", key]);
  checkedKey = key;
  return key;
};

/** Reads an object with members, such as options; a missing one is empty. */
export const object = <T extends object>(value: T | null | undefined, what: string): T =>
  members(value ?? {}, what) as T;

/** Reads an optional member by its reader; `null` counts as missing. */
export const optional = <T extends object, Name extends keyof T & string, Value>(
  options: T,
  name: Name,
  read: (value: NonNullable<T[Name]>, what: string) => Value,
): Value | undefined => {
  const value = options[name] ?? undefined;
  return value === undefined ? undefined : read(value, `option "${name}"`);
};

/** Reads an optional member whose own members are strings, as pairs of name and value. */
export const records = <T extends object>(
  options: T,
  name: keyof T & string,
): [name: string, value: string][] =>
  Object.entries(optional(options, name, members) ?? {}).map(([key, value]) => [
    key,
    text(value, `value of "${key}" in the option "${name}"`),
  ]);
