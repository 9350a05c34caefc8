// The suite in Bun.
import { program } from "../programs.js";
import { runAsProgram } from "./runner.js";

await runAsProgram(program("bun"), ["run"]);
