/**
 * Checks the options of `start()`, and translates them into arguments and environment variables of the program. What the
 * program checks itself, such as URLs and hub names, is left to it.
 */
import type { StartOptions } from "./options.js";

/** What to run. */
export interface Checked {
  args: string[];
  env: Record<string, string>;
  binary: string | undefined;
  onLog: ((line: string) => void) | undefined;
  startTimeoutInMs: number;
}

type Reader = (value: unknown, name: string, checked: Checked) => void;

const DEFAULT_START_TIMEOUT_IN_MS = 10_000;
const LOG_LEVELS = ["off", "error", "warn", "info", "debug", "trace"];
/** The longest delay of `setTimeout`. */
const MAX_TIMEOUT_IN_MS = 2_147_483_647;

const text: (value: unknown, name: string) => asserts value is string = (value, name) => {
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a non-empty string`);
};

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

const list = (value: unknown, name: string): string[] => {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array of strings`);
  for (const [index, item] of value.entries()) text(item, `${name}[${index}]`);
  return value as string[];
};

const READERS: { [name in keyof Required<StartOptions>]: Reader } = {
  host: (value, name, { args }) => {
    text(value, name);
    args.push(`--host=${value}`);
  },
  port: (value, name, { args }) => {
    if (!isWhole(value, 0, 65_535)) throw new RangeError(`${name} must be an integer from 0 to 65535`);
    args.push(`--port=${value}`);
  },
  accessKeys: (value, name, { env }) => {
    const keys = list(value, name);
    if (keys.length === 0 || keys.length > 2) {
      throw new RangeError(`${name} must have one or two keys: primary and secondary`);
    }
    if (keys.some((key) => key.includes(";"))) {
      throw new TypeError(`${name} must not contain ';', which ends a key in a connection string`);
    }
    // Not among the arguments, which other users of the machine can see.
    env["WEBPUBSUB_EMULATOR_ACCESS_KEY"] = keys.join(";");
  },
  handlers: (value, name, { args }) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new TypeError(
        `${name} must be an object of URLs by hub: { chat: "http://127.0.0.1:8787/events/" }`,
      );
    }
    for (const [hub, url] of Object.entries(value)) {
      if (url === undefined) continue;
      text(url, `${name}.${hub}`);
      args.push(`--event-handler=${hub}=${url}`);
    }
  },
  entraTokens: (value, name, { args }) => {
    args.push(...list(value, name).map((token) => `--entra-token=${token}`));
  },
  logLevel: (value, name, { args }) => {
    if (!LOG_LEVELS.includes(value as string)) {
      throw new TypeError(`${name} must be one of ${LOG_LEVELS.join(", ")}`);
    }
    args.push(`--log=${value}`);
  },
  onLog: (value, name, checked) => {
    if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
    checked.onLog = value as (line: string) => void;
  },
  startTimeoutInMs: (value, name, checked) => {
    if (!isWhole(value, 1, MAX_TIMEOUT_IN_MS)) {
      throw new RangeError(`${name} must be an integer from 1 to ${MAX_TIMEOUT_IN_MS}`);
    }
    checked.startTimeoutInMs = value;
  },
  binary: (value, name, checked) => {
    text(value, name);
    checked.binary = value;
  },
};

/** Checks all options; members that are `undefined` are ignored. */
export const checked = (options: StartOptions): Checked => {
  if (typeof options !== "object" || options === null) throw new TypeError("options must be an object");
  const result: Checked = {
    args: ["--exit-with-stdin"],
    env: {},
    binary: undefined,
    onLog: undefined,
    startTimeoutInMs: DEFAULT_START_TIMEOUT_IN_MS,
  };
  for (const [name, value] of Object.entries({ port: 0, ...options })) {
    if (!Object.hasOwn(READERS, name)) {
      throw new TypeError(`Unknown option ${name}: start() has ${Object.keys(READERS).join(", ")}`);
    }
    if (value !== undefined) READERS[name as keyof StartOptions](value, name, result);
  }
  return result;
};
