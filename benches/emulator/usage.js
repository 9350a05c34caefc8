// The resources that a process uses, from Linux's /proc.
import { readdirSync, readFileSync } from "node:fs";

/** The CPU time of a process in milliseconds, in user and kernel mode. */
export const cpuMs = (pid) => {
  const tasks = `/proc/${pid}/task`;
  // Per thread, in nanoseconds; the figures of the process itself are in ticks of 10 ms.
  const spent = readdirSync(tasks).map(
    (id) => readFileSync(`${tasks}/${id}/schedstat`, "utf8").split(" ")[0],
  );
  return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
};

/** The private memory of a process in bytes, without the files that it maps. */
export const memoryBytes = (pid) => {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kibibytes) * 1024;
};

/** The maximum number of open files and sockets of this process. Node has raised it to the hard limit. */
export const openFilesLimit = () => {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))[1];
  return limit === "unlimited" ? Infinity : Number(limit);
};
