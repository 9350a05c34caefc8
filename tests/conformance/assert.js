// Assertions in plain JavaScript, for suites that run in every runtime.

/** What a check fails with. */
export class AssertionError extends Error {
  name = "AssertionError";
}

const shown = (value) => {
  if (value instanceof Error) return `${value.name}${value.code ? ` [${value.code}]` : ""}: ${value.message}`;
  if (typeof value === "string") return JSON.stringify(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

/** A value that JSON tells apart: members by name, bytes as numbers, `undefined` like a missing member. */
const plain = (value) => {
  if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
  if (ArrayBuffer.isView(value)) {
    return { bytes: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? `${value}n` : value;
  return Object.fromEntries(
    Object.keys(value)
      .filter((name) => value[name] !== undefined)
      .sort()
      .map((name) => [name, plain(value[name])]),
  );
};

/** That it holds; `what` says what does. */
export const ok = (value, what = "the value") => {
  if (!value) throw new AssertionError(`${what}: expected something true, got ${shown(value)}`);
};

/** That two values are the same, member by member. */
export const equal = (actual, expected, what = "the value") => {
  const same =
    Object.is(actual, expected) || JSON.stringify(plain(actual)) === JSON.stringify(plain(expected));
  if (!same || typeof actual !== typeof expected) {
    throw new AssertionError(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
  }
};

/** That a text has a part, or fits a pattern. */
export const matches = (text, pattern, what = "the text") => {
  const found = typeof pattern === "string" ? String(text).includes(pattern) : pattern.test(String(text));
  if (!found) throw new AssertionError(`${what}: expected ${pattern}, got ${shown(text)}`);
};

const check = (error, expected) => {
  for (const [name, value] of Object.entries(expected)) {
    if (value instanceof RegExp) matches(error?.[name], value, `the error's ${name}`);
    else equal(error?.[name], value, `the ${name} of ${shown(error)}`);
  }
  return error;
};

/** That a function throws an error with these members; a RegExp is one that the member fits. */
export const throws = (run, expected) => {
  let value;
  try {
    value = run();
  } catch (error) {
    return check(error, expected);
  }
  throw new AssertionError(`expected an error with ${shown(Object.keys(expected))}, got ${shown(value)}`);
};

/** The same for a promise, or a function that gives one. */
export const rejects = async (promise, expected) => {
  let value;
  try {
    value = await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    return check(error, expected);
  }
  throw new AssertionError(`expected an error with ${shown(Object.keys(expected))}, got ${shown(value)}`);
};
