// What users give, checked for its type; what a value may be is for the core to say.
import { argumentError } from "./errors.js";

const wrong = (what, right, code = "InvalidOption") => argumentError(`The ${what} must be ${right}`, code);

/** A string, whole: half of a surrogate pair would become another character, and one name another. */
export const text = (value, what, code) => {
  if (typeof value !== "string") throw wrong(what, "a string", code);
  if (!value.isWellFormed())
    throw wrong(what, "well-formed Unicode; it holds half of a surrogate pair", code);
  return value;
};

export const number = (value, what) => {
  if (typeof value !== "number" || Number.isNaN(value)) throw wrong(what, "a number");
  return value;
};

/** A number of milliseconds, or of tries. */
export const amount = (value, what) => {
  if (number(value, what) >= 0) return value;
  throw argumentError(`The ${what} must not be negative`, "InvalidOption", true);
};

export const flag = (value, what) => {
  if (typeof value !== "boolean") throw wrong(what, "true or false");
  return value;
};

export const callable = (value, what) => {
  if (typeof value !== "function") throw wrong(what, "a function");
  return value;
};

/** An options object; nothing is one without members. */
export const object = (value, what) => {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object") throw wrong(what, "an object");
  return value;
};

export const texts = (value, what, code) => {
  if (!Array.isArray(value)) throw wrong(what, "an array of strings", code);
  return value.map((item) => text(item, `items of the ${what}`, code));
};

/** Reads a member that is optional; null counts as not given. */
export const optional = (options, name, read) => {
  const value = options[name];
  return value === undefined || value === null ? undefined : read(value, `option "${name}"`);
};

const record = (value, what) =>
  Object.entries(object(value, what)).map(([name, item]) => [name, text(item, `values of the ${what}`)]);

export const records = (options, name) => optional(options, name, record) ?? [];

const READERS = {
  filter: text,
  reason: text,
  targetName: text,
  continuationToken: text,
  excludedConnections: texts,
  messageTtlSeconds: number,
  maxPageSize: number,
  top: number,
};

const NAMES = {
  group: ["group name", "InvalidGroup", text],
  user: ["user id", "InvalidUserId", text],
  connection: ["connection id", "InvalidConnectionId", text],
  permission: ["permission", "InvalidPermission", text],
  groups: ["list of groups", "InvalidGroup", texts],
  filter: ["filter", "InvalidFilter", text],
};

const push = (pairs, name, value) => {
  for (const one of [value].flat()) pairs.push(name, String(one));
};

/** The names of an operation and its options, as names and values in turn. */
export const parameters = (names, options) => {
  const pairs = [];
  for (const [name, value] of Object.entries(names)) {
    const [what, code, read] = NAMES[name];
    if (value !== undefined && value !== null) push(pairs, name, read(value, what, code));
  }
  for (const [name, read] of Object.entries(READERS)) {
    const value = name in names ? undefined : optional(options, name, read);
    if (value !== undefined) push(pairs, name, value);
  }
  for (const [name, value] of records(options, "messageMetadata"))
    push(pairs, `messageMetadata.${name}`, value);
  return pairs;
};

/** The query of a request of the user's own, as pairs; lists repeat the name. */
export const query = (given) =>
  Object.entries(given).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((one) => one !== undefined && one !== null)
      .map((one) => [text(name, "names in the query"), scalar(one)]),
  );

const scalar = (value) =>
  typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : text(value, "values of the query");

/** What a client access token is to allow, as names and values in turn. */
export const access = (options) => {
  const pairs = [];
  const minutes = optional(options, "expirationTimeInMinutes", number);
  const seconds = optional(options, "expirationTimeInSeconds", number) ?? (minutes ?? 60) * 60;
  const read = {
    userId: optional(options, "userId", text),
    roles: optional(options, "roles", texts),
    groups: optional(options, "groups", texts),
    seconds: Math.trunc(seconds),
    clientProtocol: optional(options, "clientProtocol", text),
  };
  for (const [name, value] of Object.entries(read)) if (value !== undefined) push(pairs, name, value);
  return pairs;
};

/** Further members of a token's header, each as JSON. */
export const jwtHeaders = (options) =>
  Object.entries(object(options.jwtHeaders, 'option "jwtHeaders"')).flatMap(([name, value]) => {
    const json = JSON.stringify(value);
    if (json === undefined) throw wrong('option "jwtHeaders"', "an object of JSON values");
    return [text(name, "names of JWT headers"), json];
  });
