// The agent as a server in Node, Deno and Bun, through Node's API, which all three have.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { perform } from "./agent.js";

const server = createServer(async (request, response) => {
  response.end(JSON.stringify(await perform(await json(request))));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
