// A WebSocket client that hears what a hub is told: without a subprotocol, so that messages come as they were sent.
import WebSocket from "ws";

const PATIENCE_MS = 20_000;

/** Connects by a client URL, runs `work(next)` and closes; `next()` gives the next message as text. */
export const listening = async (url, work) => {
  const socket = new WebSocket(url);
  const unread = [];
  let wake = () => {};
  socket.on("message", (data) => {
    unread.push(String(data));
    wake();
  });
  const next = async () => {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (unread.length === 0) {
      await new Promise((resolve, reject) => {
        wake = resolve;
        late.addEventListener("abort", () => reject(new Error("no message came")));
      });
    }
    return unread.shift();
  };
  try {
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
      socket.once("close", (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    });
    return await work(next);
  } finally {
    socket.terminate();
  }
};
