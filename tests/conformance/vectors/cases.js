// The cases of a vector: its input and its expected output, as `tests/vectors/README.md` describes them.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What all cases share, with the members of one: objects merge at any depth, other values are replaced. */
const merged = (shared, own) => {
  if (!isObject(shared) || !isObject(own)) return own;
  const all = { ...shared };
  for (const [name, value] of Object.entries(own)) all[name] = merged(shared[name], value);
  return all;
};

/** A value with every `{ first, repeat, times, then }` in it written out. */
const writtenOut = (value) => {
  if (Array.isArray(value)) return value.map(writtenOut);
  if (!isObject(value)) return value;
  if ("repeat" in value) return (value.first ?? "") + value.repeat.repeat(value.times) + (value.then ?? "");
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writtenOut(member)]));
};

/** The cases of a vector that are for JavaScript. */
export const casesOf = ({ name, cases = [{}], ...shared }) =>
  cases
    .map((own) => writtenOut(merged(shared, own)))
    .filter(({ only }) => only === undefined || only === "js");

/** An object without the members that are missing, or are empty lists or objects. */
export const withoutEmpty = (members) =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value != null && (typeof value !== "object" || Object.keys(value).length > 0),
    ),
  );

/** An error as vectors have it. */
export const errorOf = (error) => {
  const { name, kind = "InvalidInput", code = "", message, statusCode } = error;
  if (!["TypeError", "RangeError", "RestError"].includes(name) || (kind === "InvalidInput" && !code))
    throw error;
  return {
    kind,
    code,
    message,
    ...(statusCode && { status: statusCode }),
    ...(name === "RangeError" && { outOfRange: true }),
  };
};
