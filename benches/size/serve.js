/** What a Worker does whose size is measured, small as Workers are. */
export const serve = (Client) => ({
  async fetch(request, env) {
    const service = new Client(env.WEB_PUBSUB, "chat");
    if (request.method === "POST") {
      await service.sendToAll(await request.text(), { contentType: "text/plain" });
      return new Response(null, { status: 202 });
    }
    return Response.json(await service.getClientAccessToken());
  },
});
