// What can be seen of requests: redacted by the core, written to a sink like `console`.
import { redact } from "./wasm.js";
import { flag, object, optional, text, texts } from "./arguments.js";
import { argumentError } from "./errors.js";

const LEVELS = ["debug", "info", "warn", "error"];

export const logSettings = (value, what) => {
  const options = object(value, what);
  const level = optional(options, "level", text) ?? "info";
  if (!LEVELS.includes(level)) {
    throw argumentError(`The log level must be one of ${LEVELS.join(", ")}`, "InvalidOption");
  }
  return {
    sink: optional(options, "logger", object),
    level,
    bodies: optional(options, "logBodies", flag) ?? false,
    headers: optional(options, "additionalAllowedHeaderNames", texts) ?? [],
    parameters: optional(options, "additionalAllowedQueryParameters", texts) ?? [],
  };
};

/** The URL and the headers of a request or an answer, without what nobody may see. */
export const shown = (url, headers, log) =>
  JSON.parse(redact(url, [...headers].flat(), log?.headers ?? [], log?.parameters ?? []));

/** Writes one attempt; nothing is gathered unless there is a sink. */
export const observe = (log, { attempt, plan, init, response, text: body, error, started }) => {
  if (!log?.sink) return;
  const durationInMs = Date.now() - started;
  const request = shown(plan.url, Object.entries(init.headers), log);
  const outcome = response?.status ?? error.code;
  const line = `webpubsub ${plan.method} ${request.url} → ${outcome} in ${durationInMs} ms, attempt ${attempt}`;
  const record = {
    attempt,
    method: plan.method,
    url: request.url,
    requestHeaders: request.headers,
    status: response?.status,
    responseHeaders: response && shown(plan.url, response.headers, log).headers,
    error: error?.message,
    durationInMs,
    ...(log.bodies && !plan.secret && { requestBody: init.body, responseBody: body }),
  };
  try {
    const { sink, level } = log;
    sink[typeof sink[level] === "function" ? level : "log"]?.(line, record);
  } catch {
    // A sink that fails must not fail the request that it watches.
  }
};
