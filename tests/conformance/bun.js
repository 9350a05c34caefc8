// The suite in Bun.
import { program, runAsProgram } from "./runner.js";

await runAsProgram(program("bun"), ["run"]);
