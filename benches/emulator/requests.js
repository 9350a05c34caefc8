// A process that makes HTTP requests over several connections, one at a time on each, and returns the number of
// responses per second. It writes requests and recognises responses as bytes: a client that is slower than the server
// would measure itself.
import { once } from "node:events";
import { connect } from "node:net";
import { serveParent } from "./worker.js";

const HEAD = "HTTP/1.1 202 ";

const run = async ({ port, path, headers, bytes, connections, seconds }) => {
  const body = JSON.stringify("x".repeat(bytes - 2));
  const lines = { Host: `127.0.0.1:${port}`, ...headers, "Content-Type": "application/json" };
  const head = Object.entries({ ...lines, "Content-Length": bytes }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const request = Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
  let answered = 0;
  let end = Infinity;
  const drive = async () => {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    let text = "";
    await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("the server closed a connection")));
      socket.on("data", (chunk) => {
        text += chunk.latin1Slice();
        if (!text.endsWith("\r\n\r\n")) return;
        if (!text.startsWith(HEAD)) return reject(new Error(text));
        text = "";
        if (performance.now() >= end) return resolve();
        answered++;
        socket.write(request);
      });
      socket.write(request);
    });
    socket.removeAllListeners("close").destroy();
  };
  const drivers = Array.from({ length: connections }, drive);
  const start = performance.now();
  end = start + seconds * 1000;
  await Promise.all(drivers);
  return answered / ((performance.now() - start) / 1000);
};

serveParent(run);
