// A `fetch` that sends nothing: it keeps the requests that it is given, as a runtime would send them, and answers
// what it is told to. For what a service does only when something is wrong, or never does.
import { decoded } from "./jwt.js";

/** What the clients of recorders are made with. */
export const ENDPOINT = "https://contoso.example";
export const KEY = "recorder-key-0123456789abcdef";
export const CONNECTION_STRING = `Endpoint=${ENDPOINT};AccessKey=${KEY};Version=1.0;`;

/** An answer. */
export const answer = (status, { headers, body } = {}) => {
  const value = typeof body === "object" ? JSON.stringify(body) : body;
  return new Response(value ?? null, { status, headers });
};

/** An answer with an error in it, in the shape of most of the service's. */
export const refusal = (status, code, message, more = {}) =>
  answer(status, {
    headers: { "Content-Type": "application/json; charset=utf-8", "x-ms-error-code": code, ...more.headers },
    body: { code, message, target: "x", details: null, inner: null },
  });

/** What never comes; only the signal of the request ends it. */
export const never = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** One that has not come when anybody asks. */
const recorded = async (url, init) => {
  const { method, headers, body, signal } = init;
  const request = new Request(url, { method, headers, body });
  const bytes = new Uint8Array(await request.arrayBuffer());
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "");
  return {
    url,
    arrives: request.url,
    target: request.url.slice(new URL(request.url).origin.length),
    method,
    headers: request.headers,
    contentType: request.headers.get("content-type"),
    bytes,
    text: new TextDecoder().decode(bytes),
    token,
    ...(token?.split(".").length === 3 && decoded(token)),
    signal,
    redirect: init.redirect,
  };
};

/**
 * Gives `{ fetch, requests }`. An answer is a status, or a function of the request; an error is thrown. The last
 * answer counts for all requests that come after it.
 */
export const recorder = (...answers) => {
  const requests = [];
  const fetch = async (url, init) => {
    const request = await recorded(url, init);
    const next = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    if (typeof next === "number") return answer(next);
    if (typeof next === "function") return next(request);
    throw next;
  };
  return { fetch, requests };
};
