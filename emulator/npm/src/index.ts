/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Starts a local Azure Web PubSub service from Node: for tests, and for scripts that start an app for development.
 *
 * @example
 * ```ts
 * const service = await start({ handlers: { chat: "http://127.0.0.1:8787/events/" } });
 * // … use service.connectionString
 * await service.stop();
 * ```
 *
 * @packageDocumentation
 */
import { findBinary } from "./binary.js";
import { checked } from "./check.js";
import { Child } from "./child.js";
import { control } from "./controller.js";
import type { EmulatorService, StartOptions } from "./options.js";

export type {
  ActiveFault,
  Clock,
  ClockState,
  Close,
  ConnectionInfo,
  Control,
  EventFault,
  Fault,
  FaultBase,
  Faults,
  GroupInfo,
  HubInfo,
  Hubs,
  List,
  ListOptions,
  Message,
  PermissionInfo,
  RequestFault,
  To,
  Tokens,
  Traffic,
  TrafficFilter,
  UserInfo,
  WaitOptions,
  WatchOptions,
} from "./control.js";
export type { EmulatorService, EventHandler, LogLevel, StartOptions } from "./options.js";
export type {
  ConnectRecord,
  DisconnectRecord,
  EventRecord,
  FrameRecord,
  GapRecord,
  LostRecord,
  RecordBase,
  RecordKind,
  RecordOf,
  RecordedBody,
  RecordedExchange,
  RecordedRequest,
  RecordedResponse,
  RestRecord,
  TrafficRecord,
} from "./records.js";

/** The first lines on standard output. */
const LINES = [
  { what: "connection string", pattern: /^(Endpoint=[^;]+;.*)$/ },
  { what: "URL of its admin API", pattern: /^Admin=(.+)$/ },
];

/**
 * Starts the emulator and waits until it listens.
 *
 * @throws TypeError, if an option is unknown or its value is invalid.
 * @throws Error, if there is no program for this platform, or it does not start; with the last lines of its log.
 */
export const start = async (options: StartOptions = {}): Promise<EmulatorService> => {
  const { args, env, binary, onLog, startTimeoutInMs } = checked(options);
  const child = new Child(binary ?? findBinary(), args, env, onLog);
  const [connectionString = "", adminUrl = ""] = await child.ready(LINES, startTimeoutInMs);
  const [, endpoint = ""] = /^Endpoint=([^;]+)/.exec(connectionString) ?? [];
  const stop = (): Promise<void> => child.stop();
  return { connectionString, endpoint, ...control(adminUrl), stop, [Symbol.asyncDispose]: stop };
};
