/**
 * Readers of the user's arguments: each checks the type of a value and returns it.
 *
 * Not in here: which values are valid, which the core decides.
 */
import { Operation, call, listOf } from "./core.js";
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
    const isNone = value === null || Number.isNaN(value);
    if (typeof value === type && !isNone) return value as T;
    throw wrongType(what, `${expected}, not ${isNone ? value : typeof value}`, code);
  };

const string: Reader<string> = /* @__PURE__ */ typed("string", "a string");

/** Reads an object of any kind. */
export const members: <T extends object>(value: T, what: string, code?: string) => T =
  /* @__PURE__ */ typed<never>("object", "an object");

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
  return listOf<unknown>(value).map((item, index) =>
    text(item, `item at index ${index} of the ${what}`, code),
  );
};

let checkedKey: string | undefined;

/** Reads an access key. It is read for each request, and checked when it has changed. */
export const accessKey = (value: unknown): string => {
  const key = text(value, "access key", "InvalidAccessKey");
  if (key !== checkedKey) call(Operation.Check, ["key", key]);
  checkedKey = key;
  return key;
};

/** Whether an object is an object literal or the like, of any realm, and not an instance of a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Reads a plain object: a Map, a Promise or a Response has members that nobody would see. */
export const plain = <T extends object>(value: T, what: string): T => {
  if (isPlain(members(value, what))) return value;
  throw wrongType(what, `a plain object, not ${describe(value).join(": ")}`);
};

/** Whether an object is a promise, of any kind. */
export const isPromise = (value: object): boolean =>
  typeof (value as Partial<Promise<unknown>>).then === "function";

/** What an object that is not plain is, and what to do with it. */
export const describe = (value: object): [kind: string, advice: string] => {
  if (isPromise(value)) return ["a Promise", "await it"];
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const name = tag === "Object" ? value.constructor?.name : tag;
  return [`an instance of ${name}`, "convert it to a plain object or an array"];
};

/**
 * Reads an object with members, such as options; a missing one is empty. A member with a name that is not listed is an
 * error, unless it is undefined.
 */
export const object = <T extends object>(
  value: T | null | undefined,
  what: string,
  names: readonly string[],
): T => {
  if (value == null) return {} as T;
  const given = members(value, what);
  let isEmpty = true;
  for (const name in given) {
    isEmpty = false;
    if (given[name] !== undefined && !names.includes(name)) {
      throw argumentError(`Unknown name "${name}" in the ${what}: ${advice(name, names)}`, "InvalidOption");
    }
  }
  return isEmpty ? plain(given, what) : given;
};

/** What does the job of options of the official packages that are unknown here, at least in this place. */
const INSTEAD: Readonly<Record<string, string>> = {
  additionalPolicies: "fetch",
  agent: "fetch",
  excludedConnections: "filter",
  httpClient: "fetch",
  onDownloadProgress: "nothing",
  onUploadProgress: "nothing",
  proxyOptions: "fetch",
  redirectOptions: "fetch",
  serializerOptions: "nothing",
  shouldDeserialize: "onResponse",
  timeoutInMs: "requestOptions.timeout",
  tlsOptions: "fetch",
  tracingOptions: "requestOptions.customHeaders with traceparent",
};

/** Says which name to use instead of an unknown one. */
const advice = (name: string, names: readonly string[]): string => {
  const instead = INSTEAD[name];
  if (instead && (instead !== "filter" || names.includes(instead))) return `use ${instead} instead`;
  const text = name.toLowerCase();
  let nearest = "";
  let most = 0;
  for (const known of names) {
    // How many pairs of letters both have.
    const other = known.toLowerCase();
    let common = 0;
    for (let i = 2; i <= text.length; i++) if (other.includes(text.slice(i - 2, i))) common++;
    common /= text.length + other.length;
    if (common > most) [nearest, most] = [known, common];
  }
  return nearest ? `did you mean "${nearest}"?` : `the names are ${names.join(", ")}`;
};

/** Reads an optional member by its reader; only `undefined` counts as missing. */
export const strict = <T extends object, Name extends keyof T & string, Value>(
  options: T,
  name: Name,
  read: (value: NonNullable<T[Name]>, what: string) => Value,
): Value | undefined => {
  const value = options[name];
  return value === undefined ? undefined : read(value as NonNullable<T[Name]>, `option "${name}"`);
};

/** Reads an optional member by its reader; `null` counts as missing too, since that grants nothing more. */
export const optional: typeof strict = (options, name, read) =>
  options[name] === null ? undefined : strict(options, name, read);

/** Reads a plain object whose members are strings, as pairs of name and value. */
export const pairsOf: Reader<[name: string, value: string][]> = (value, what) =>
  Object.entries(plain(value as object, what))
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, text(member, `value of "${name}" in the ${what}`)]);

/** Reads an optional member whose own members are strings, as pairs of name and value. */
export const records = <T extends object>(
  options: T,
  name: keyof T & string,
): [name: string, value: string][] => optional(options, name, pairsOf) ?? [];
