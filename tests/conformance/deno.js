// The suite in Deno, which may use the network and nothing else.
import { program } from "../programs.js";
import { runAsProgram } from "./runner.js";

await runAsProgram(program("deno"), ["run", "--quiet", "--no-prompt", "--allow-net"]);
