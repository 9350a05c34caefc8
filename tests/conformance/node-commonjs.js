// The same as node-cjs.js where Node cannot require ES modules, as in AWS Lambda: the package's CommonJS build.
import { runAsProgram } from "./runner.js";

const flags = ["--experimental-websocket", "--no-experimental-require-module"];
await runAsProgram(process.execPath, flags, { main: "main.cjs" });
