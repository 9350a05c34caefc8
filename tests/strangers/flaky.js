// A network between clients and the service that cuts every connection after a while, wherever it is in a message.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** How long a connection holds, in milliseconds: at least, and at most. */
const HOLDS = [100, 400];

/** Starts one in front of an endpoint; gives its own endpoint, how many connections it has cut, and its end. */
export const startFlaky = async (endpoint) => {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set();
  let cuts = 0;
  const server = createServer((client) => {
    const service = connect({ host: hostname, port: Number(port), noDelay: true });
    const pair = [client, service];
    const cut = () => {
      clearTimeout(timer);
      for (const socket of pair) {
        socket.resetAndDestroy();
        sockets.delete(socket);
      }
    };
    const timer = setTimeout(
      () => {
        cuts++;
        cut();
      },
      HOLDS[0] + Math.random() * (HOLDS[1] - HOLDS[0]),
    );
    for (const socket of pair) {
      sockets.add(socket);
      socket.on("error", cut);
      socket.on("close", cut);
    }
    client.setNoDelay(true);
    client.pipe(service).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    cuts: () => cuts,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
