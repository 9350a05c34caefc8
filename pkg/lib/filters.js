// The `odata` tag, for filters.
import { quote } from "./wasm.js";
import { text } from "./arguments.js";
import { argumentError } from "./errors.js";

/** Puts values into a filter as literals, so that none of them becomes syntax. */
export const odata = (strings, ...values) => {
  let filter = strings[0];
  // Whether the text so far ends inside a literal that the template opened.
  let open = endsInside(filter, false);
  values.forEach((value, i) => {
    const written = literal(value);
    if (open && Array.isArray(value)) {
      throw argumentError("An array in a filter must not stand in quotes", "InvalidFilter");
    }
    // The template may have opened the literal or the list itself.
    const opened = open ? written.startsWith("'") : Array.isArray(value) && /\(\s*$/.test(strings[i]);
    filter += opened ? written.slice(1, -1) : written;
    filter += strings[i + 1];
    open = endsInside(strings[i + 1], open);
  });
  return filter;
};

const endsInside = (text, inside) => (text.split("'").length % 2 === 0) !== inside;

const literal = (value) => {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return list(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return quote(value.toISOString());
  switch (typeof value) {
    case "string":
      return quote(text(value, "values of a filter", "InvalidFilter"));
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (Number.isSafeInteger(value)) return String(value);
  }
  throw argumentError(
    "A value of the filter cannot be a literal: give strings, whole numbers, booleans, dates, null or arrays of them",
    "InvalidFilter",
  );
};

const list = (values) => {
  if (values.length > 0 && !values.some(Array.isArray)) return `(${values.map(literal).join(",")})`;
  throw argumentError("An array in a filter must hold at least one value, and no arrays", "InvalidFilter");
};
