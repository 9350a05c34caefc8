// The servers of a run, each a process of its own, and how clients reach them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { endpointIn, keyIn, signed } from "../../tests/conformance/jwt.js";

const JSON_PROTOCOL = "json.webpubsub.azure.v1";
const GROUP = "everybody";
/** Longer than any run. */
const TOKEN_LIFETIME_S = 36_000;
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a server that prints its address first; its log goes to a file. */
const start = async (folder, name, command, args) => {
  const log = openSync(join(folder, `${name}.log`), "w");
  const child = spawn(command, args, { stdio: ["ignore", "pipe", log] });
  child.stdout.setEncoding("utf8");
  const line = await Promise.race([
    once(child.stdout, "data").then(([text]) => text.trim()),
    once(child, "error").then(([error]) => Promise.reject(error)),
    once(child, "exit").then(([status]) => Promise.reject(new Error(`${name} ended: ${status}`))),
  ]);
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { pid: child.pid, line, stop };
};

/** The emulator, as users start it. */
export const startEmulator = async (folder, program) => {
  const { pid, line, stop } = await start(folder, "emulator", program, ["--port", "0"]);
  const endpoint = endpointIn(line);
  const address = async (hub) => {
    const service = new WebPubSubServiceClient(line, hub, { allowInsecureConnection: true });
    const roles = ["webpubsub.sendToGroup"];
    const { url } = await service.getClientAccessToken({
      groups: [GROUP],
      roles,
      expirationTimeInMinutes: TOKEN_LIFETIME_S / 60,
    });
    return url;
  };
  return {
    pid,
    stop,
    port: Number(new URL(endpoint).port),
    /** Receivers use the service's JSON subprotocol. */
    receiver: async (hub) => ({ url: await address(hub), protocols: [JSON_PROTOCOL] }),
    /** The messages of this client go to all others, as with the bare server. */
    sender: async (hub) => {
      const query = `webpubsub_mode=sendToGroup&group=${GROUP}&noEcho=true`;
      return { url: `${await address(hub)}&${query}`, protocols: [] };
    },
    /** A request that the emulator acknowledges. */
    request: (ackId) => ({ type: "sendToGroup", group: GROUP, ackId, dataType: "text", data: "hello" }),
    /** The path and the headers of a REST send to a hub. */
    send: async (hub) => {
      const path = `/api/hubs/${hub}/:send?api-version=2024-12-01`;
      const iat = Math.floor(Date.now() / 1000);
      const claims = { aud: `${endpoint}${path}`, iat, exp: iat + TOKEN_LIFETIME_S };
      const token = await signed(claims, keyIn(line));
      return { path, headers: { Authorization: `Bearer ${token}` } };
    },
    settle: () => sleep(1000),
  };
};

const startNode = async (folder, name) => {
  const { pid, line, stop } = await start(folder, name, process.execPath, [
    "--expose-gc",
    file(`${name}.js`),
  ]);
  return { pid, stop, port: Number(/listening on (\d+)/.exec(line)[1]) };
};

/** The bare WebSocket server. */
export const startWs = async (folder) => {
  const { pid, stop, port } = await startNode(folder, "broadcaster");
  const address = async (hub) => ({ url: `ws://127.0.0.1:${port}/${hub}`, protocols: [] });
  const settle = async () => {
    process.kill(pid, "SIGUSR2");
    await sleep(1000);
  };
  return { pid, stop, receiver: address, sender: address, settle };
};

/** The bare HTTP server. */
export const startHttp = async (folder) => ({
  ...(await startNode(folder, "accepter")),
  send: (hub) => ({ path: `/${hub}`, headers: {} }),
});
