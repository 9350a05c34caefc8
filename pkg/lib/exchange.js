// Requests: signed, sent, repeated and judged, as the core says at each step. What is awaited here belongs to one
// call alone, since hosts forbid to wait for another request's I/O.
import { checkHeader } from "./wasm.js";
import { amount, callable, flag, object, optional, records } from "./arguments.js";
import { argumentError, transportError } from "./errors.js";
import { failure } from "./failures.js";
import { sleep, within } from "./deadline.js";
import { logSettings, observe } from "./logging.js";
import { rawRequest, rawResponse } from "./responses.js";

/** The user's headers in a member of an object. */
export const headersOf = (options, name) => {
  const headers = records(options, name);
  for (const header of headers) checkHeader(...header);
  return headers;
};

/** What a call was told besides its parameters. */
export const callOptions = (options) => {
  const request = object(options.requestOptions, 'option "requestOptions"');
  const signal = options.abortSignal ?? undefined;
  if (signal !== undefined && typeof signal.addEventListener !== "function") {
    throw argumentError('The option "abortSignal" must be an AbortSignal', "InvalidOption");
  }
  return {
    signal,
    headers: headersOf(request, "customHeaders"),
    timeout: optional(request, "timeout", amount),
    insecure: optional(request, "allowInsecureConnection", flag),
    log: optional(options, "loggingOptions", logSettings),
    onResponse: optional(options, "onResponse", callable),
  };
};

/**
 * Sends what a plan of the core says, and gives `{ response, text }` when the answer is one. `body` gives the
 * body; it is called once.
 */
export const exchange = (client, plan, told, body) =>
  within(told.signal, told.timeout ?? client.timeout, async (signal, until) => {
    client.checkConnection(told.insecure);
    const headers = requestHeaders(client, plan, told.headers);
    const init = {
      method: plan.method,
      headers,
      body: await until(body?.(signal)),
      redirect: "manual",
      signal,
    };
    const log = told.log ?? client.log;
    for (let attempt = 1; ; attempt++) {
      headers.Authorization = `Bearer ${await client.authorize(plan.audience, signal, until)}`;
      const started = Date.now();
      const { response, text, error } = await send(client, plan.url, init, until);
      observe(log, { attempt, plan, init, response, text, error, started });
      const accepted = response && isAnswer(plan, response.status);
      // To a request of the user's own every status is an answer, after the last attempt.
      const isOver = accepted && plan.success !== undefined;
      const wait = isOver ? undefined : nextAttempt(client, plan, attempt, response);
      if (wait !== undefined) {
        await sleep(wait, until);
        continue;
      }
      const request = rawRequest(plan, headers);
      const raw = response && rawResponse(request, response, text);
      const failed = accepted ? undefined : (error ?? failure(raw));
      if (raw) told.onResponse?.(raw, parsed(text), failed);
      if (failed) throw failed;
      return { response, text };
    }
  });

const isAnswer = ({ success, asks }, status) =>
  success === undefined || status === success || (asks && status === 404);

const nextAttempt = (client, plan, attempt, response) => {
  const header = (name) => response?.headers.get(name) ?? undefined;
  return client.retry
    .get()
    .next(
      attempt,
      response?.status,
      header("retry-after-ms") ?? header("x-ms-retry-after-ms"),
      header("retry-after"),
      plan.repeatable,
      Date.now(),
      Math.random() * 2 ** 32,
    );
};

const requestHeaders = (client, plan, custom) => {
  const headers = {
    ...plan.headers,
    "x-ms-client-request-id": crypto.randomUUID(),
    "User-Agent": client.userAgent,
  };
  for (const [name, value] of custom) {
    const same = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase());
    headers[same ?? name] = value;
  }
  for (const name of Object.keys(headers)) if (name.toLowerCase() === "authorization") delete headers[name];
  return headers;
};

/** One attempt; a failure of the host is a result too. */
const send = async (client, url, init, until) => {
  try {
    const response = await until((client.fetch ?? fetch)(url, init));
    if (typeof response?.status !== "number" || typeof response.headers?.get !== "function") {
      throw new TypeError("fetch gave something that is not a Response");
    }
    return { response, text: await until(response.text()) };
  } catch (cause) {
    if (init.signal.aborted) throw cause;
    const message = "The request got no answer: check that the endpoint is right and the service reachable";
    return { error: transportError(message, "REQUEST_SEND_ERROR", "Network", cause) };
  }
};

/** The JSON of an answer, or nothing. */
export const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
