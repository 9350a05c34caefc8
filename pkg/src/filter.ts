/** The template tag that writes filters. Not in here: the calls that take filters (`messages.ts`, `client.ts`). */
import { text } from "./arguments.js";
import { Operation, call } from "./core.js";
import { argumentError } from "./errors.js";

/** A single value that {@link odata} writes as a literal. */
export type ODataLiteral = string | number | bigint | boolean | Date | null | undefined;

/** A value that {@link odata} writes as a literal or as a list of literals. */
export type ODataValue = ODataLiteral | readonly ODataLiteral[];

/**
 * Writes a filter, with every value quoted so that it cannot change the meaning of the expression.
 *
 * - a string is quoted, and quotes in it are doubled; quotes around `${…}` in the template are not repeated
 * - an integer, `true` and `false` are written as they are; `null` and `undefined` as `null`
 * - a date becomes a string in ISO 8601
 * - an array, which must not be empty, becomes a list in parentheses, for `in`
 *
 * Expressions have `userId`, `connectionId` and `groups`, the operators `eq ne gt ge lt le in not and or`
 * and the functions `startswith endswith contains tolower toupper trim substring concat indexof length`.
 *
 * @throws TypeError with the code `InvalidFilter` for any other value, also for a number that is not a safe integer.
 *
 * @example
 * ```ts
 * odata`userId eq ${"vic's"} or ${group} in groups`; // userId eq 'vic''s' or 'room' in groups
 * odata`userId in ${["a", "b"]}`; // userId in ('a','b')
 * ```
 */
export const odata = (strings: TemplateStringsArray, ...values: ODataValue[]): string => {
  let filter = "";
  let isQuoted = false;
  strings.forEach((template, i) => {
    filter += template;
    // Whether the template has opened a literal around the value.
    isQuoted = isQuoted !== (template.split("'").length % 2 === 0);
    if (i === values.length) return;
    const value = values[i];
    const isList = Array.isArray(value);
    if (isList && (isQuoted || value.length === 0 || value.some(Array.isArray))) {
      throw invalid(
        "An array in a filter must have at least one value and no arrays, and must not be in quotes",
      );
    }
    const written = isList ? `(${value.map(literal)})` : literal(value);
    // The template may have the quotes of a value or the parentheses of a list.
    const isOpen = isQuoted ? written.startsWith("'") : isList && template.trimEnd().endsWith("(");
    filter += isOpen ? written.slice(1, -1) : written;
  });
  return filter;
};

const invalid = (message: string): Error => argumentError(message, "InvalidFilter");

const literal = (value: unknown): string => {
  if (value == null) return "null";
  if (typeof value === "string")
    return call(Operation.Literal, [text(value, "value of a filter", "InvalidFilter")]);
  if (typeof value === "boolean" || typeof value === "bigint" || Number.isSafeInteger(value))
    return String(value);
  if (Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value))) {
    return literal((value as Date).toISOString());
  }
  throw invalid(
    "A value of the filter cannot be a literal: give strings, whole numbers, booleans, dates, null or arrays of them",
  );
};
