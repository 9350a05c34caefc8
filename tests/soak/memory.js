// The resident memory of the processes that this one started, from /proc.
import { readFile, readdir } from "node:fs/promises";
import { platform } from "node:process";

/** Only Linux has /proc. */
export const hasMemory = platform === "linux";

const MEGABYTE = 1_048_576;

/** Growth that is no noise: more than this part, and more than so many bytes. */
const MOST_PART = 0.3;
const MOST_BYTES = 30 * MEGABYTE;

const statusOf = async (pid) => {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const value = (name) => new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(text)?.[1];
  return { pid, name: value("Name"), parent: value("PPid"), bytes: Number(value("VmRSS") ?? 0) * 1024 };
};

/** The process with a name among the descendants of this one; Linux keeps 15 characters of names. */
const descendant = async (name) => {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const all = new Map((await Promise.all(pids.map(statusOf))).map((status) => [status.pid, status]));
  const isOurs = ({ parent }) =>
    parent !== undefined && (parent === String(process.pid) || isOurs(all.get(parent) ?? {}));
  return [...all.values()].find((status) => status.name === name.slice(0, 15) && isOurs(status))?.pid;
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.trunc(values.length / 2)];

export const megabytes = (bytes) => `${Math.round(bytes / MEGABYTE)} MB`;

/** Samples of the memory of one process. */
export class Memory {
  #pid;
  #samples = [];

  static async of(name) {
    const pid = await descendant(name);
    if (!pid) throw new Error(`no process ${name} runs`);
    return new Memory(name, pid);
  }

  constructor(name, pid) {
    this.name = name;
    this.#pid = pid;
  }

  async sample() {
    this.#samples.push((await statusOf(this.#pid)).bytes);
  }

  get last() {
    return this.#samples.at(-1);
  }

  /** Forgets what was before: the warm-up. */
  restart() {
    this.#samples = [];
  }

  /** The medians of the first and the last third, and whether the process grew. */
  get growth() {
    const third = Math.max(1, Math.trunc(this.#samples.length / 3));
    const [first, last] = [median(this.#samples.slice(0, third)), median(this.#samples.slice(-third))];
    return { first, last, grows: last - first > MOST_BYTES && last > first * (1 + MOST_PART) };
  }
}
