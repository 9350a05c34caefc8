/**
 * The emulator as a child process, which never outlives this one: its standard input is a pipe from here, and it stops
 * when the pipe closes, which the operating system does even if this process is killed.
 *
 * It does not keep this process alive either, except while it starts and stops.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** Number of lines of the log that an error shows. */
const LAST_LINES = 20;
/** Time to stop by itself; the emulator allows three seconds for requests in progress. */
const STOP_TIMEOUT_IN_MS = 10_000;

/** A line on standard output. The first group of `pattern` is its value, which errors call `what`. */
export interface Line {
  readonly what: string;
  readonly pattern: RegExp;
}

export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lastLines: string[] = [];
  /** Resolves when the process has ended and all its output was read, with a description of how it ended. */
  readonly #ended: Promise<string>;
  #outcome: string | undefined;
  #stopped: Promise<void> | undefined;

  constructor(
    binary: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    onLog: ((line: string) => void) | undefined,
  ) {
    this.#process = spawn(binary, args, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    this.#ended = new Promise((resolve) => {
      const end = (outcome: string): void => resolve((this.#outcome ??= outcome));
      this.#process.once("error", (error) => end(`cannot be run (${error.message})`));
      this.#process.once("close", (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`));
    });
    // It fails when the emulator has ended, which is reported elsewhere.
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stderr }).on("line", (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      onLog?.(line);
    });
  }

  /** Waits for the first lines on standard output, which say that the emulator is ready. Returns their values. */
  async ready(lines: readonly Line[], timeoutInMs: number): Promise<string[]> {
    const values: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    const problem = await Promise.race([
      new Promise<string | undefined>((resolve) => {
        createInterface({ input: this.#process.stdout }).on("line", (text) => {
          const line = lines[values.length];
          if (line === undefined) return;
          const value = line.pattern.exec(text)?.[1];
          if (value === undefined) {
            resolve(
              `printed no ${line.what}: \`binary\` must be the path of webpubsub-emulator, of this version`,
            );
            return;
          }
          values.push(value);
          if (values.length === lines.length) resolve(undefined);
        });
      }),
      this.#ended,
      new Promise<string>((resolve) => {
        const late = `was not ready after ${timeoutInMs} ms: is the machine busy? startTimeoutInMs sets the limit`;
        timer = setTimeout(resolve, timeoutInMs, late);
      }),
    ]);
    clearTimeout(timer);
    if (problem === undefined) {
      this.#keepAlive(false);
      return values;
    }
    this.#process.kill("SIGKILL");
    await this.#ended;
    throw this.#error(problem);
  }

  /** Closes its standard input, waits for its end, and kills it if that takes too long. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    if (this.#outcome !== undefined) throw this.#error(`${this.#outcome} before stop() was called`);
    this.#keepAlive(true);
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_TIMEOUT_IN_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** An error that says what the emulator did, with the last lines of its log. */
  #error(text: string): Error {
    const log = this.#lastLines.map((line) => `\n  ${line}`).join("");
    return new Error(`webpubsub-emulator ${text}${log && `. The end of its log:${log}`}`);
  }

  #keepAlive(keep: boolean): void {
    const verb = keep ? "ref" : "unref";
    this.#process[verb]();
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      // Pipes are sockets, whatever their types say.
      (stream as Partial<Record<typeof verb, () => void>>)[verb]?.();
    }
  }
}
