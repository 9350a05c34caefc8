/** A Worker that serves a client access token made by the client of a side. */
export const serve = (Client) => {
  const service = new Client(
    "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=bench-key-0123456789abcdefghijklmnopqrstuvwx=;",
    "chat",
  );
  return {
    async fetch() {
      const { token } = await service.getClientAccessToken({ userId: "user-1" });
      return new Response(token);
    },
  };
};
