/**
 * The WebAssembly core: one call, texts in and text out.
 *
 * In here: the memory that both sides share, the numbers and the marks of `src/js/`, and the errors that the core
 * returns. Not in here: any decision, which is the core's, and the objects of the runtime, which never enter it.
 */
import { argumentError, transportError } from "./errors.js";
import type { RestErrorKind } from "./errors.js";
import type { HostModule } from "./platform.js";

/** The operations of the core, in the order of `run` in `src/js/mod.rs`. */
export const enum Operation {
  Client,
  Request,
  OwnRequest,
  Page,
  RequestToken,
  Judge,
  Failure,
  ClientAccess,
  IssuedAccess,
  Redact,
  ContinuationToken,
  Freshness,
  TokenUrl,
  TokenForm,
  TokenResponse,
  Check,
  Literal,
  Role,
  EscapedPattern,
  Handler,
  Verdict,
  Refusal,
  Acceptance,
  Rejection,
  Reply,
  Options,
  Challenge,
  EventSignature,
}

/** The first letter of a marked text, as in `src/core/given.rs`. The text after a capital one is its value. */
export const enum Parameter {
  Group = "g",
  UserId = "u",
  ConnectionId = "c",
  Permission = "p",
  Groups = "l",
  Roles = "r",
  ExcludedConnections = "x",
  Filter = "f",
  MessageTtlSeconds = "t",
  Reason = "e",
  TargetName = "n",
  MaxPageSize = "s",
  Top = "o",
  ContinuationToken = "k",
  LifetimeSeconds = "z",
  ClientProtocol = "v",
  OfferedSubprotocols = "a",
  Subprotocol = "b",
  State = "w",
  AllowedEndpoints = "d",
  AccessKeys = "y",
  GroupsGiven = "i",
  RolesGiven = "j",
  UserPropertiesGiven = "q",
  Metadata = "M",
  Header = "H",
  Query = "Q",
  JwtHeader = "J",
  UserProperty = "P",
}

interface Instance {
  readonly memory: WebAssembly.Memory;
  /** Returns the address of the memory for arguments and output. It never moves. */
  address(): number;
  /** Returns the length of the output, which is behind the arguments, or its complement if it is an error. */
  call(operation: number, ordered: number, count: number, length: number): number;
}

/** The largest arguments of a call, in bytes, as in `src/js/mod.rs`. */
const MAX_BYTES = 0xf_f000;

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();
const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

let module: WebAssembly.Module | undefined;
let instance: Instance | undefined;
// The arguments and the output in the memory of the instance.
let bytes: Uint8Array;
let lengths: DataView;

/**
 * Starts the WebAssembly core, synchronously. Does nothing if it is running.
 *
 * @param compiled - `webpubsub-edge/webpubsub_edge.wasm`, compiled.
 * @throws TypeError with the code `InvalidModule` if it is anything else.
 */
export const start = (compiled: HostModule): void => {
  // By tag and not by class, so that a module of another realm counts.
  if (Object.prototype.toString.call(compiled) !== "[object WebAssembly.Module]") {
    throw argumentError(
      "init() requires a WebAssembly.Module: compile webpubsub-edge/webpubsub_edge.wasm first if its import is not one",
      "InvalidModule",
    );
  }
  module ??= compiled as WebAssembly.Module;
};

/**
 * Runs an operation; throws the error that it returns. `ordered` are the texts that every call of the operation has,
 * `marked` the values behind them.
 */
export const call = (
  operation: Operation,
  ordered: readonly (string | number)[],
  marked: readonly string[] = [],
): string => {
  if (!module) {
    throw Object.assign(
      new Error('The WebAssembly core is not started: call init(module) of "webpubsub-edge/slim" first'),
      { code: "CORE_NOT_STARTED" },
    );
  }
  let length: number;
  let output: string;
  try {
    if (!instance) {
      instance = new WebAssembly.Instance(module).exports as unknown as Instance;
      const address = instance.address();
      bytes = new Uint8Array(instance.memory.buffer, address);
      lengths = new DataView(instance.memory.buffer, address);
    }
    const texts = [...ordered, ...marked].map(String);
    const joined = texts.join("");
    const table = 4 * texts.length;
    texts.forEach((text, index) => {
      if (4 * index < MAX_BYTES) lengths.setUint32(4 * index, text.length, true);
    });
    const { read, written } = encoder.encodeInto(joined, bytes.subarray(table, MAX_BYTES));
    // Arguments that do not fit are for the core to refuse.
    const fits = read === joined.length && table < MAX_BYTES;
    const used = fits ? table + written : MAX_BYTES + 1;
    length = instance.call(operation, ordered.length, fits ? texts.length : 0, used);
    output = decoder.decode(bytes.subarray(used, used + (length < 0 ? ~length : length)));
  } catch (cause) {
    // Nothing can be trusted in an instance that stopped halfway; the next call makes a new one.
    instance = undefined;
    throw Object.assign(
      new Error("The WebAssembly core stopped: this call failed, the next one works", {
        cause,
      }),
      { code: "CORE_STOPPED" },
    );
  }
  if (length >= 0) return output;
  const [name, code, message] = output.split("\0") as [string, string, string];
  throw name.endsWith("Error")
    ? argumentError(message, code, name === "RangeError")
    : transportError(message, code, name as RestErrorKind);
};

/** Runs an operation whose output is several fields. */
export const fields = <T extends string[] = string[]>(
  operation: Operation,
  ordered: readonly (string | number)[],
  marked?: readonly string[],
): T => call(operation, ordered, marked).split("\0") as T;

/** Names and values in turn, from a place on, as an object. */
export const pairs = (texts: readonly string[], from: number): Record<string, string> => {
  const values: Record<string, string> = {};
  for (let i = from; i < texts.length; i += 2) values[texts[i] as string] = texts[i + 1] as string;
  return values;
};

/** A number as the core reads it: whole, in 32 bits, the largest of which means none. */
export const whole = (value: number): number => Math.trunc(Math.min(Math.max(value, 0), 0xffff_fffe)) || 0;

/** The time as the core reads it: in seconds since 1970. */
export const now = (): number => whole(Date.now() / 1000);

/** An option that is a yes or a no, as the core reads it. */
export const yes = (value: boolean | undefined): string => (value ? "1" : "");

/** A copy of a list, a value as a list of it, and nothing as an empty one. Not by `flat()`: it takes longer, and skips holes. */
export const listOf = <T>(value: T | readonly T[] | null | undefined): readonly T[] =>
  Array.isArray(value) ? [...value] : value == null ? [] : [value as T];

/** Appends a value, or each of a list, with its mark. */
export const mark = (parameter: Parameter, value: unknown, given: string[]): void => {
  for (const item of listOf(value)) given.push(`${parameter}${item}`);
};

/** Appends names and values in turn, each name with the mark. */
export const markPairs = (
  parameter: Parameter,
  pairs: Iterable<readonly [string, string]>,
  given: string[],
): void => {
  for (const [name, value] of pairs) given.push(parameter + name, value);
};
