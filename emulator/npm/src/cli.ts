#!/usr/bin/env node
/**
 * The command `webpubsub-emulator`: runs the program for this platform with the same arguments, output and exit code.
 *
 * The program's standard input is a pipe from here, so that it stops when this process does, however that ends.
 */
import { spawn } from "node:child_process";
import { findBinary } from "./binary.js";

const EXIT_WITH_STDIN = "--exit-with-stdin";

const fail = (error: unknown): never => {
  console.error(`webpubsub-emulator: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
};

const run = (binary: string): void => {
  const args = process.argv.slice(2);
  const child = spawn(binary, args.includes(EXIT_WITH_STDIN) ? args : [EXIT_WITH_STDIN, ...args], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.on("error", fail);
  child.stdin.on("error", () => {});
  if (args.includes(EXIT_WITH_STDIN)) process.stdin.pipe(child.stdin);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.stdin.end());
  child.on("exit", (code) => process.exit(code ?? 1));
};

try {
  run(findBinary());
} catch (error) {
  fail(error);
}
