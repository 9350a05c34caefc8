/**
 * Checks of option values. `name` is the value's name in error messages.
 */

export const text: (value: unknown, name: string) => asserts value is string = (value, name) => {
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a non-empty string`);
};

export const whole = (value: unknown, name: string, min: number, max: number): number => {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}`);
  }
  return value as number;
};

export const list = (value: unknown, name: string): string[] => {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array of strings`);
  for (const [index, item] of value.entries()) text(item, `${name}[${index}]`);
  return value as string[];
};

/**
 * Rejects members of an object that are not in `known`, unless they are `undefined`. In the error message, `prefix` precedes
 * the member's name, and `owner` is the thing that has the known members.
 */
export const onlyKnown = (value: object, known: readonly string[], prefix: string, owner: string): void => {
  for (const [member, given] of Object.entries(value)) {
    if (given === undefined || known.includes(member)) continue;
    throw new TypeError(`Unknown ${prefix}${member}: ${owner} has ${known.join(", ")}`);
  }
};
