// Prints how many milliseconds pass from the import of the module that the first argument names to the first client
// access token. Started in a new process each time.
// Before the clock starts: Deno loads `process` when it is first used, in 20 ms.
const [, , module] = process.argv;
const start = performance.now();
const { WebPubSubServiceClient } = await import(module);
const service = new WebPubSubServiceClient(
  "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=bench-key-0123456789abcdefghijklmnopqrstuvwx=;",
  "chat",
);
const { token } = await service.getClientAccessToken({ userId: "user-1" });
const elapsed = performance.now() - start;
if (token.split(".").length !== 3) throw new Error("the first token is no JSON Web Token");
console.log(elapsed);
