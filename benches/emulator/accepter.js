// The bare HTTP server that the emulator's REST API is measured against: parses each body and responds with 202.
import { createServer } from "node:http";

const http = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(202, { "Content-Length": 0 }).end();
});
http.listen(0, "127.0.0.1", () => console.log(`listening on ${http.address().port}`));
