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

export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lastLines: string[] = [];
  /** Resolves with how it ended, when it has ended and its output is read. */
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

  /**
   * Waits for lines on standard output, one for each pattern, by which the emulator says that it is ready. Returns what
   * the patterns' first groups matched.
   */
  async ready(patterns: readonly RegExp[], timeoutInMs: number): Promise<string[]> {
    const lines = createInterface({ input: this.#process.stdout });
    let timer: NodeJS.Timeout | undefined;
    const found = await Promise.race([
      new Promise<(string | undefined)[]>((resolve) => {
        const values: (string | undefined)[] = [];
        lines.on("line", (line) => {
          const pattern = patterns[values.length];
          if (pattern === undefined) return;
          const value = pattern.exec(line)?.[1];
          values.push(value);
          if (value === undefined || values.length === patterns.length) resolve(values);
        });
      }),
      this.#ended.then(() => undefined),
      new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), timeoutInMs))),
    ]);
    clearTimeout(timer);
    if (found !== undefined) {
      const values = found.filter((value) => value !== undefined);
      if (values.length === patterns.length) {
        this.#keepAlive(false);
        return values;
      }
      await this.kill();
      const what = values.length === 0 ? "connection string" : "URL of its admin API";
      throw this.error(
        `printed no ${what}: \`binary\` must be the path of webpubsub-emulator, of this version`,
      );
    }
    if (this.#outcome !== undefined) throw this.error(this.#outcome);
    await this.kill();
    throw this.error(
      `was not ready after ${timeoutInMs} ms: is the machine busy? startTimeoutInMs sets the limit`,
    );
  }

  /** Closes its standard input, waits for its end, and kills it if that takes too long. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    if (this.#outcome !== undefined) throw this.error(`${this.#outcome} before stop() was called`);
    this.#keepAlive(true);
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_TIMEOUT_IN_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.#keepAlive(true);
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** An error that says what the emulator did, with the last lines of its log. */
  error(what: string): Error {
    const log = this.#lastLines.map((line) => `\n  ${line}`).join("");
    return new Error(`webpubsub-emulator ${what}${log && `. The end of its log:${log}`}`);
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
