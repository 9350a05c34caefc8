import { events } from "$lib/server/news.js";

const handle = ({ request }) => events.fetch(request);

export const OPTIONS = handle;
export const POST = handle;

// The service follows no redirects, and its URL template ends with a slash: serve paths with and without one.
export const trailingSlash = "ignore";
