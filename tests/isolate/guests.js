// The clients that are in the group that calls list: what they hear shows what arrived.
import WebSocket from "ws";
import { CROWD } from "./plans.js";

/** Connects them all by a client URL. `heard` counts how often one of them heard each message. */
export const gather = async (url) => {
  const heard = new Map();
  const sockets = Array.from({ length: CROWD }, () => new WebSocket(url));
  sockets[0].on("message", (data) => {
    const id = JSON.parse(String(data));
    heard.set(id, (heard.get(id) ?? 0) + 1);
  });
  const opened = (socket) =>
    new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  await Promise.all(sockets.map(opened));
  return { heard, leave: () => sockets.forEach((socket) => socket.terminate()) };
};
