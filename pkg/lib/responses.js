// Raw requests and responses, for `onResponse` and errors; nothing in them is a secret.
import { httpHeaders } from "./headers.js";
import { shown } from "./logging.js";

export const rawRequest = (plan, sent) => {
  const { url, headers } = shown(plan.url, Object.entries(sent));
  delete headers.authorization;
  const requestId = headers["x-ms-client-request-id"];
  return { method: plan.method, url, headers: httpHeaders(Object.entries(headers)), requestId };
};

export const rawResponse = (request, response, text) => ({
  request,
  status: response.status,
  headers: httpHeaders(response.headers),
  bodyAsText: text === "" ? null : text,
});

/** A response whose body was read, as one whose body was not. */
export const unread = ({ response, text }) => {
  const { status, statusText, headers } = response;
  // These statuses have no body, and `new Response` refuses even an empty one.
  const none = status === 204 || status === 205 || status === 304 || text === "";
  return new Response(none ? null : text, { status, statusText, headers });
};
