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
import type { EmulatorService, StartOptions } from "./options.js";

export type { EmulatorService, LogLevel, StartOptions } from "./options.js";

/**
 * Starts the emulator and waits until it listens.
 *
 * @throws TypeError, if an option is unknown or its value is invalid.
 * @throws Error, if there is no program for this platform, or it does not start; with the last lines of its log.
 */
export const start = async (options: StartOptions = {}): Promise<EmulatorService> => {
  const { args, env, binary, onLog, startTimeoutInMs } = checked(options);
  const child = new Child(binary ?? findBinary(), args, env, onLog);
  const connectionString = await child.firstLine(startTimeoutInMs);
  const endpoint = /^Endpoint=([^;]+);/.exec(connectionString)?.[1];
  if (endpoint === undefined) {
    await child.kill();
    throw child.error("printed no connection string: `binary` must be the path of webpubsub-emulator");
  }
  const stop = (): Promise<void> => child.stop();
  return { connectionString, endpoint, stop, [Symbol.asyncDispose]: stop };
};
