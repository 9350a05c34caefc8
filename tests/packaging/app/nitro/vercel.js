import handler from "./.vercel/output/functions/__fallback.func/index.mjs";

console.log(await (await handler(new Request("http://localhost/"), {})).text());
