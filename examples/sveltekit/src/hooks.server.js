// In place of SvelteKit's own check, which rejects text events: they are text/plain and have no Origin, as if another site
// had posted a form. The event handler accepts them, because it verifies signatures. All other routes accept from other
// sites only JSON, which browsers do not send without permission (CORS).
export const handle = ({ event, resolve }) => {
  const { method, headers } = event.request;
  const isRead = ["GET", "HEAD", "OPTIONS"].includes(method);
  const isJson = /^application\/json\b/i.test(headers.get("content-type") ?? "");
  const isSameOrigin = headers.get("origin") === event.url.origin;
  const isEvent = event.route.id === "/api/webpubsub/hubs/news";
  if (isRead || isJson || isSameOrigin || isEvent) return resolve(event);
  return new Response("Forbidden", { status: 403 });
};
