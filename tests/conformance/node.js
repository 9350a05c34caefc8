// The suite in the Node that runs this. Its WebSocket, which plays the clients, needs a flag before Node 22.
import { runAsProgram } from "./runner.js";

await runAsProgram(process.execPath, ["--experimental-websocket"]);
