/**
 * The logging of requests, and the requests and responses that callbacks and errors show.
 *
 * The core decides what is shown: no secret is. Nothing in here runs unless somebody looks.
 */
import { flag, members, object, optional, text, texts, wrongType } from "./arguments.js";
import { Operation, fields, pairs } from "./core.js";
import type { RawRequest, RawResponse, RestError } from "./errors.js";
import { PlainHeaders } from "./headers.js";
import type { LogLevel, LogSink, WebPubSubServiceClientLogOptions } from "./options.js";
import type { HeadersLike, HostResponse } from "./platform.js";

/** Replaces what must not be shown. */
export const REDACTED = "REDACTED";

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"];

const LOG_OPTIONS: readonly (keyof WebPubSubServiceClientLogOptions)[] = [
  "logger",
  "level",
  "logBodies",
  "additionalAllowedHeaderNames",
  "additionalAllowedQueryParameters",
];

/** The options of a log, read. */
export interface Log {
  sink: LogSink | undefined;
  level: LogLevel;
  bodies: boolean;
  headers: string;
  parameters: string;
}

/** Reads the logging options. Without a logger nothing is logged. */
export const readLog = (value: WebPubSubServiceClientLogOptions, what: string): Log => {
  const options = object(value, what, LOG_OPTIONS);
  const level = optional(options, "level", text) ?? "info";
  if (!LEVELS.includes(level)) throw wrongType("log level", `one of ${LEVELS.join(", ")}`);
  return {
    sink: optional(options, "logger", members),
    level: level as LogLevel,
    bodies: optional(options, "logBodies", flag) ?? false,
    headers: `${optional(options, "additionalAllowedHeaderNames", texts) ?? ""}`,
    parameters: `${optional(options, "additionalAllowedQueryParameters", texts) ?? ""}`,
  };
};

/** What is shown of a URL and of headers, names in lower case. */
const redacted = (
  url: string,
  headers: Iterable<[name: string, value: string]>,
  log?: Log,
): [url: string, headers: Record<string, string>] => {
  const output = fields<[url: string, ...headers: string[]]>(
    Operation.Redact,
    [url, log?.headers ?? "", log?.parameters ?? ""],
    [...headers].flat(),
  );
  return [output[0], pairs(output, 1)];
};

/** The headers of a response as pairs, without the token of its request. */
const pairsOf = (headers: HeadersLike, request: Sent): [name: string, value: string][] => {
  const pairs: [string, string][] = [];
  headers.forEach((value, name) => pairs.push([name, request.hide(value)]));
  return pairs;
};

/** A request as `fetch` gets it. */
export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  /** Whether the response is a secret. */
  secret: string;
  /** Redacts the token of the request. */
  hide(text: string): string;
}

/** An attempt that has ended: with a response and its body, or with an error. */
export interface Attempt {
  number: number;
  started: number;
  response?: HostResponse | undefined;
  text: string;
  error?: RestError | undefined;
}

/** Logs an attempt. */
export const logAttempt = (log: Log, request: Sent, attempt: Attempt): void => {
  const { number, started, response, text: body, error } = attempt;
  const durationInMs = Date.now() - started;
  const { method } = request;
  const [url, requestHeaders] = redacted(request.url, Object.entries(request.headers), log);
  const outcome = response?.status ?? error?.code;
  const line = `webpubsub ${method} ${url} → ${outcome} in ${durationInMs} ms, attempt ${number}`;
  const record = {
    attempt: number,
    method,
    url,
    requestHeaders,
    status: response?.status,
    responseHeaders: response && redacted("", pairsOf(response.headers, request), log)[1],
    error: error?.message,
    durationInMs,
    ...(log.bodies && !request.secret && { requestBody: request.body, responseBody: body }),
  };
  try {
    const { sink, level } = log;
    sink?.[typeof sink[level] === "function" ? level : "log"]?.(line, record);
  } catch {
    // A logger that fails must not fail the request.
  }
};

/** The request that callbacks and errors show. */
export const rawRequest = (request: Sent): RawRequest => {
  const [url, headers] = redacted(request.url, Object.entries(request.headers));
  delete headers.authorization;
  const requestId = headers["x-ms-client-request-id"] ?? "";
  return { method: request.method, url, headers: new PlainHeaders(Object.entries(headers)), requestId };
};

/** The response that callbacks and errors show. */
export const rawResponse = (request: Sent, response: HostResponse, body: string): RawResponse => ({
  request: rawRequest(request),
  status: response.status,
  headers: new PlainHeaders(pairsOf(response.headers, request)),
  bodyAsText: body || null,
});
