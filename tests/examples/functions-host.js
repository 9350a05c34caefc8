// Serves an app of Azure Functions as `func start` does: `node functions-host.js`, with PORT, in the folder of the app. It
// loads the app's main file, and serves the functions under the prefix `api/`. See functions-core.js for what is real.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { invoke } from "../functions-core.js";

const { main } = JSON.parse(await readFile("package.json", "utf8"));
const { extensions } = JSON.parse(await readFile("host.json", "utf8"));
const prefix = `/${extensions?.http?.routePrefix ?? "api"}/`;
await import(pathToFileURL(main));

const respond = async (req) => {
  const url = new URL(req.url, `http://${req.headers.host}`);
  if (!url.pathname.startsWith(prefix)) return undefined;
  const { method, headers } = req;
  return invoke(url.pathname.slice(prefix.length), { method, url, headers, body: await buffer(req) });
};

createServer(async (req, res) => {
  try {
    const { status, headers, body } = (await respond(req)) ?? { status: 404 };
    res.writeHead(status, headers).end(body);
  } catch (error) {
    console.error(error);
    res.writeHead(500).end();
  }
}).listen(process.env.PORT, "127.0.0.1");
