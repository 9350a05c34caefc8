/**
 * The options of `start()`, and the service that it returns. Types only: `check.ts` checks the values.
 */
import type { Control } from "./control.js";

/** Levels of the emulator's log, from none to everything. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug" | "trace";

/** An event handler, with the names of hub settings in Azure. One that names no events gets all of them. */
export interface EventHandler {
  /** `http` or `https` URL. `{hub}` and `{event}` are replaced. */
  urlTemplate: string;
  /** User events: `*`, or names separated by commas. */
  userEventPattern?: string;
  systemEvents?: readonly ("connect" | "connected" | "disconnected")[];
  groupPresenceEvents?: { eventNames: readonly ("joined" | "left")[] };
}

/** Options for `start()`. */
export interface StartOptions {
  /** IP address to listen on. Default: `127.0.0.1`. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default: 0, or with `config` that of the file, or else 8080. */
  port?: number;
  /**
   * Port of the admin API and its page, always on 127.0.0.1; 0 picks a free one. The service's `faults`, `clock`,
   * `traffic` and so on use it. Default: 0.
   */
  adminPort?: number;
  /** Config file, TOML or JSON, which is read again when it changes. These options take precedence. Default: none. */
  config?: string;
  /** URL at which clients reach the emulator, if it differs from its own. Default: none. */
  publicEndpoint?: string;
  /** Whether to serve `https` and `wss`, with a self-signed certificate. Default: `false`. */
  tls?: boolean;
  /** File that gets the certificate of `tls` as PEM. Default: none. */
  tlsCertFile?: string;
  /** File that gets the traffic as JSON lines, with secrets masked. Default: none. */
  trafficFile?: string;
  /**
   * Access keys: the primary one, and optionally the secondary one. Default: those in the environment variable
   * `WEBPUBSUB_EMULATOR_ACCESS_KEY`, or else the documented default key.
   */
  accessKeys?: readonly string[];
  /**
   * Event handlers of each hub, or with the name `*` of every hub without handlers of its own: a URL for all events, in
   * which `{hub}` and `{event}` are replaced; or a handler of some events; or a list, of which the first that takes an
   * event gets it. Default: none.
   *
   * @example
   * ```ts
   * await start({ handlers: { chat: "http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/" } });
   * ```
   */
  handlers?: Readonly<Record<string, string | EventHandler | readonly (string | EventHandler)[]>>;
  /** Maximum time for an event handler to respond, in milliseconds. Default: 100000. */
  eventTimeoutInMs?: number;
  /** Pauses before an event is sent again, in milliseconds; an empty list means no retries. Default: 1000, 3000, 5000. */
  eventRetryDelaysInMs?: readonly number[];
  /** File of PEM certificates to trust when handlers are called over `https`, besides the usual ones. Default: none. */
  eventHandlerCaFile?: string;
  /** Hubs that accept clients without a token; `*` is every hub that is not named. Default: none. */
  anonymousConnect?: readonly string[];
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
export interface EmulatorService extends Control, AsyncDisposable {
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
