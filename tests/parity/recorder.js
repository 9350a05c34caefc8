// An HTTP server in the service's place, which keeps the requests that it gets, and what is compared of them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { decoded, isSigned } from "../conformance/jwt.js";

export const KEY = "0123456789abcdef0123456789abcdef0123456789a=";

/** Statuses of success, which the recorder of old did not need: the official client takes any 2xx. */
const statusOf = (method, path) => {
  if (path.endsWith("/:send")) return 202;
  return method === "DELETE" || path.endsWith("/:closeConnections") ? 204 : 200;
};

/** What the service says of a connection that is not there; here, the one called nobody. */
const MISSING = { code: "Error.Connection.NotExisted", message: "Connection `nobody` is not found." };

/** The requests that came; whoever sends some empties it first. */
export const recorded = [];

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  recorded.push({ method, target: url, headers, body: Buffer.concat(chunks) });
  const missing = url.includes("/connections/nobody?");
  const status = missing ? 404 : statusOf(method, url.split("?")[0]);
  const body = missing ? MISSING : method === "GET" ? { value: [] } : undefined;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body && JSON.stringify(body));
});

server.listen(0, "127.0.0.1");
await once(server, "listening");

/** Where the recorder is. */
export const host = `127.0.0.1:${server.address().port}`;
export const CONNECTION_STRING = `Endpoint=http://${host};AccessKey=${KEY};Version=1.0;`;

/** Lets the program end. */
export const stop = () => server.closeAllConnections() ?? server.close();

/** A target with its query parameters in order of their names; those of one name keep their order. */
export const ordered = (target) => {
  const [path, query] = target.split("?");
  const name = (parameter) => parameter.split("=")[0];
  return [path, ...query.split("&").toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))];
};

/** The header and the claims of a token that the key signed. */
export const opened = async (token, key = KEY) => {
  assert.ok(await isSigned(token, key), "the signature is not the key's");
  return decoded(token);
};
