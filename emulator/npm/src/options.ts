/**
 * The options of `start()`, and the service that it returns. Types only: `check.ts` checks the values.
 */

/** Levels of the emulator's log, from none to everything. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug" | "trace";

/** Options for `start()`. */
export interface StartOptions {
  /** IP address to listen on. Default: `127.0.0.1`. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default: 0. */
  port?: number;
  /**
   * Access keys: the primary one, and optionally the secondary one. Default: those in the environment variable
   * `WEBPUBSUB_EMULATOR_ACCESS_KEY`, or else the documented default key.
   */
  accessKeys?: readonly string[];
  /**
   * Event handlers: the URL for each hub's events, in which `{hub}` and `{event}` are replaced. Default: none.
   *
   * @example
   * ```ts
   * await start({ handlers: { chat: "http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/" } });
   * ```
   */
  handlers?: Readonly<Record<string, string>>;
  /** Bearer tokens to accept as Microsoft Entra ID tokens. Default: none. */
  entraTokens?: readonly string[];
  /** Level of the log. Default: `info`. */
  logLevel?: LogLevel;
  /** Function that receives each line of the log. Default: none; the last lines are part of errors. */
  onLog?: (line: string) => void;
  /** Maximum time until the emulator is ready, in milliseconds. Default: 10000. */
  startTimeoutInMs?: number;
  /**
   * Path of the emulator's program. Default: the one in the environment variable `WEBPUBSUB_EMULATOR_BINARY`, or else
   * the one that npm installed for this platform.
   */
  binary?: string;
}

/** A running emulator. It does not keep this process alive, and it stops when this process ends. */
export interface EmulatorService extends AsyncDisposable {
  /** Connection string, with the primary access key. */
  readonly connectionString: string;
  /** URL of the service, without a trailing slash. */
  readonly endpoint: string;
  /**
   * Closes all clients and stops the emulator. May be called more than once. Rejects if the emulator has ended before
   * by itself; the error has the last lines of its log.
   */
  stop(): Promise<void>;
}
