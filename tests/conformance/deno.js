// The suite in Deno, which may use the network and nothing else.
import { program, runAsProgram } from "./runner.js";

await runAsProgram(program("deno"), ["run", "--quiet", "--no-prompt", "--allow-net"]);
