// A Worker that serves webhooks and remembers them. What the test asks of it lies below `/-/`: `POST settings` makes
// the handlers, `POST rotate` changes a key, `GET records` gives what was seen.
import { makeHandlers } from "./handlers.js";
import { recordAnswer, records } from "./records.js";

let all;

const own = {
  async settings(request) {
    all = makeHandlers(await request.json());
  },
  async rotate(request) {
    all.rotate(await request.text());
  },
  records: () => records,
};

const route = async (request, ctx) => {
  // As servers do that know only the methods of their pages.
  if (request.method === "OPTIONS" && request.url.includes("/fallback/")) return undefined;
  for (const handler of all.handlers) {
    const response = await handler.handle(request, ctx);
    if (response) return response;
  }
  return undefined;
};

export default {
  async fetch(request, _, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/-/")) return Response.json((await own[pathname.slice(3)](request)) ?? {});
    const response = (await route(request, ctx)) ?? new Response("Nobody takes this.", { status: 404 });
    await recordAnswer(request, response);
    return response;
  },
};
