// News on Deno: everyone who connects with a URL from /negotiate receives what is posted to /notify.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";

const connectionString = Deno.env.get("WEB_PUBSUB") ?? "";
const service = new WebPubSubServiceClient(connectionString, "news");

// The service asks before it accepts a client. The key in the connection string verifies that the service is asking.
const events = new WebPubSubEventHandler("news", {
  connectionString,
  handleConnect: (_, res) => res.success({ groups: ["readers"] }),
});

Deno.serve(async (request) => {
  const answer = await events.handle(request);
  if (answer) return answer;

  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case "GET /negotiate":
      return Response.json(await service.getClientAccessToken({ userId: crypto.randomUUID() }));
    case "POST /notify":
      await service.group("readers").sendToAll(await request.json());
      return new Response(null, { status: 202 });
    default:
      return new Response("Not found", { status: 404 });
  }
});
