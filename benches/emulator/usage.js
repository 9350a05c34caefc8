// What a process uses, as Linux counts it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Milliseconds of a clock tick in /proc. */
const TICK_MS = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Milliseconds of CPU that a process has used, in user and in kernel mode. */
export const cpuMs = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name of the program, in brackets, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

/** Bytes of memory of a process's own, without the files that it maps. */
export const memoryBytes = (pid) => {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kibibytes) * 1024;
};
