// Writes the TypeScript and JavaScript of the Markdown files to docs/.snippets, for the compiler: `node tests/docs/extract.js`.
import { extract } from "./fences.js";

await extract();
