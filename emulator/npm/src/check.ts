/**
 * Checks the options of `start()`, and translates them into arguments and environment variables of the program. What the
 * program checks itself, such as URLs and hub names, is left to it.
 */
import { handlerFlags } from "./handlers.js";
import type { StartOptions } from "./options.js";
import { list, onlyKnown, text, whole } from "./values.js";

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
const MAX_PORT = 65_535;
/** The longest delay of `setTimeout`. */
const MAX_TIMEOUT_IN_MS = 2_147_483_647;

/** An option that is a flag with a string. */
const textFlag =
  (flag: string): Reader =>
  (value, name, { args }) => {
    text(value, name);
    args.push(`--${flag}=${value}`);
  };

/** An option that is a flag with an integer. */
const wholeFlag =
  (flag: string, min: number, max: number): Reader =>
  (value, name, { args }) => {
    args.push(`--${flag}=${whole(value, name, min, max)}`);
  };

/** An option that is a flag for each string of a list. */
const listFlag =
  (flag: string): Reader =>
  (value, name, { args }) => {
    args.push(...list(value, name).map((item) => `--${flag}=${item}`));
  };

/**
 * A list for an environment variable, with `;` between the items. Not an argument: other users of the machine can see those.
 */
const secrets = (value: unknown, name: string, what: string): readonly string[] => {
  const items = list(value, name);
  if (items.some((item) => item.includes(";"))) {
    throw new TypeError(`${name} must not contain ';', the separator between ${what}`);
  }
  return items;
};

const READERS: { [name in keyof Required<StartOptions>]: Reader } = {
  host: textFlag("host"),
  port: wholeFlag("port", 0, MAX_PORT),
  adminPort: wholeFlag("admin-port", 0, MAX_PORT),
  config: textFlag("config"),
  publicEndpoint: textFlag("public-endpoint"),
  tls: (value, name, { args }) => {
    if (typeof value !== "boolean") throw new TypeError(`${name} must be true or false`);
    args.push(`--tls=${value}`);
  },
  tlsCertFile: textFlag("tls-cert-file"),
  trafficFile: textFlag("traffic-file"),
  accessKeys: (value, name, { env }) => {
    const keys = secrets(value, name, "keys");
    if (keys.length === 0 || keys.length > 2) {
      throw new RangeError(`${name} must have one or two keys: primary and secondary`);
    }
    env["WEBPUBSUB_EMULATOR_ACCESS_KEY"] = keys.join(";");
  },
  handlers: (value, name, { args }) => {
    args.push(...handlerFlags(value, name));
  },
  eventTimeoutInMs: wholeFlag("event-timeout-in-ms", 1, Number.MAX_SAFE_INTEGER),
  eventRetryDelaysInMs: (value, name, { args }) => {
    if (!Array.isArray(value)) throw new TypeError(`${name} must be an array of integers`);
    const delays = value.map((delay, index) => whole(delay, `${name}[${index}]`, 0, Number.MAX_SAFE_INTEGER));
    args.push(`--event-retry-delays-in-ms=${delays.join(",")}`);
  },
  eventHandlerCaFile: textFlag("event-handler-ca-file"),
  anonymousConnect: listFlag("anonymous-connect"),
  entraTokens: (value, name, { env }) => {
    const tokens = secrets(value, name, "tokens");
    if (tokens.length > 0) env["WEBPUBSUB_EMULATOR_ENTRA_TOKEN"] = tokens.join(";");
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
    checked.startTimeoutInMs = whole(value, name, 1, MAX_TIMEOUT_IN_MS);
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
  onlyKnown(options, Object.keys(READERS), "option ", "start()");
  // The port of a config file counts, as with the command.
  const { port = options.config === undefined ? 0 : undefined, adminPort = 0 } = options;
  for (const [name, value] of Object.entries({ ...options, port, adminPort })) {
    if (value !== undefined) READERS[name as keyof StartOptions](value, name, result);
  }
  return result;
};
