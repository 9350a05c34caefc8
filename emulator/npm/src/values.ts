/**
 * Checks of single values. `name` is how errors call the value.
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
