// What a process uses, as Linux counts it.
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of CPU that a process has used, in user and in kernel mode. */
export const cpuMs = (pid) => {
  const tasks = `/proc/${pid}/task`;
  // In nanoseconds for each thread; the process's own figures are in ticks of 10 ms.
  const spent = readdirSync(tasks).map(
    (id) => readFileSync(`${tasks}/${id}/schedstat`, "utf8").split(" ")[0],
  );
  return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
};

/** Bytes of memory of a process's own, without the files that it maps. */
export const memoryBytes = (pid) => {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kibibytes) * 1024;
};

/** How many files and sockets a process may have open, which Node has raised as far as it may. */
export const openFilesLimit = () => {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))[1];
  return limit === "unlimited" ? Infinity : Number(limit);
};
