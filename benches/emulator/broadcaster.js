// The bare WebSocket server that the emulator is measured against: sends each message to all other clients of its path.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const rooms = new Map();
const http = createServer();
new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", (socket, request) => {
  const room = rooms.get(request.url) ?? new Set();
  rooms.set(request.url, room);
  room.add(socket);
  socket.on("message", (data, isBinary) => {
    for (const other of room) if (other !== socket) other.send(data, { binary: isBinary });
  });
  socket.on("close", () => room.delete(socket));
});
http.listen(0, "127.0.0.1", () => console.log(`listening on ${http.address().port}`));
// Collects garbage before the memory is read; Node would put that off.
process.on("SIGUSR2", () => globalThis.gc());
