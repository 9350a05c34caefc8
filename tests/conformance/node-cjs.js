// The same as node.js, by a program that requires the package.
import { runAsProgram } from "./runner.js";

await runAsProgram(process.execPath, ["--experimental-websocket"], { main: "main.cjs" });
