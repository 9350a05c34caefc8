// Gates that handlers wait at, so that a check decides when they go on: a server whose answers come when it says so.
import { createServer } from "node:http";
import { inTime } from "../in-time.js";
import { PATIENCE_MS } from "./client.js";

/** Gives the `url` below which each path is a gate, `reached(name)`, `open(name)` and `stop()`. */
export const startGates = async () => {
  const gates = new Map();
  const gate = (name) => {
    if (!gates.has(name)) {
      const made = {};
      made.reached = new Promise((resolve) => (made.reach = resolve));
      made.opened = new Promise((resolve) => (made.open = resolve));
      gates.set(name, made);
    }
    return gates.get(name);
  };
  const server = createServer(async (request, response) => {
    const { reach, opened } = gate(decodeURIComponent(request.url.slice(1)));
    reach();
    await opened;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    reached: (name) => inTime(`somebody at the gate ${name}`, gate(name).reached, PATIENCE_MS),
    open: (name) => gate(name).open(),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
};
