import handler from "./.netlify/edge-functions/server/server.js";

console.log(await (await handler(new Request("http://localhost/"), {})).text());
