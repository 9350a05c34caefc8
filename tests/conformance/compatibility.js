// What decides which features a Worker has in workerd: a compatibility date, and flags.
import { createRequire } from "node:module";
import { run, tool } from "../programs.js";

/** The newest workerd that there is: wrangler's own. */
export const WORKERD = createRequire(tool("wrangler/package.json")).resolve("workerd/bin/workerd");

export const OPTIONS = {
  /** A date, or the newest that workerd knows. */
  date: { type: "string", default: "newest" },
  /** Flags for compatibility; may be given more than once. */
  flag: { type: "string", multiple: true, default: [] },
};

/** The date that the command line means: workerd's version is its newest. */
export const dateOf = async (date) =>
  date === "newest" ? /\d{4}-\d\d-\d\d/.exec(await run(WORKERD, ["--version"]))[0] : date;
