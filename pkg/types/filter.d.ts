/**
 * Filters: which of several connections are meant.
 *
 * In here: the template tag that writes OData expressions. Not in here: where they go (`messages.d.ts`,
 * `client.d.ts`).
 */

/** A single value that {@link odata} turns into a literal. */
export type ODataLiteral = string | number | bigint | boolean | Date | null | undefined;

/** What {@link odata} turns into a literal, or into a list of literals. */
export type ODataValue = ODataLiteral | readonly ODataLiteral[];

/**
 * Writes a filter, quoting every value so that it cannot change what the expression means.
 *
 * - a string is quoted, and quotes in it are doubled; quotes that stand around `${…}` already are not repeated
 * - an integer, `true` and `false` stand as they are; `null` and `undefined` become `null`
 * - a date becomes a string in ISO 8601
 * - an array, which must not be empty, becomes a list in parentheses, for `in`
 *
 * The expression knows `userId`, `connectionId` and `groups`, the operators `eq ne gt ge lt le in not and or`
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
export declare function odata(strings: TemplateStringsArray, ...values: ODataValue[]): string;
