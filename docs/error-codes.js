// The codes of errors: `node docs/error-codes.js` prints the table in docs/errors.md, from the core's table of faults and
// from the codes that JavaScript adds.
import { readFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** What is wrong, without the advice that follows it, as text in a Markdown table. */
const problem = (message) => message.split(": ", 1)[0].replaceAll('\\"', '"').replaceAll(/[|<*]/g, "\\$&");

const problems = new Map();
for (const [, code, message] of read("../src/core/error.rs").matchAll(/^ {4}\w+ "(\w+)" "(.*)";$/gm)) {
  problems.set(code, [...(problems.get(code) ?? []), problem(message)]);
}
const [, union] = /type InputErrorCode =([^;]*)/.exec(read("../pkg/src/errors.ts"));
const others = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code).filter((code) => !problems.has(code));

console.log("| code | what is wrong |");
console.log("| --- | --- |");
for (const code of [...problems.keys()].sort()) {
  console.log(`| \`${code}\` | ${[...new Set(problems.get(code))].join(".<br>")}. |`);
}
console.log(`\nOnly in JavaScript: ${others.map((code) => `\`${code}\``).join(", ")}.`);
