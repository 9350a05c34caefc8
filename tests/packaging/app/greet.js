// What every consumer does with the package, however it got it: says hello to a hub, and gives a URL to connect to it.
export const greet = async ({ WebPubSubServiceClient }, connectionString) => {
  const service = new WebPubSubServiceClient(connectionString, "packaging");
  await service.sendToAll("hello", { contentType: "text/plain" });
  return (await service.getClientAccessToken({ userId: "ada" })).url;
};
