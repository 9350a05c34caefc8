/**
 * Calls of the service: planned by the core, sent, and judged by the core after each attempt.
 *
 * In here: the options that all calls have, and the loop around `fetch`. Not in here: the operations
 * (`operations.ts`).
 */
import { amount, callable, flag, object, optional, records, wrongType } from "./arguments.js";
import { Operation, Parameter, fields, markPairs, now, pairs, whole, yes } from "./core.js";
import { within } from "./deadline.js";
import { RestError } from "./errors.js";
import type { RestErrorKind } from "./errors.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import { logAttempt, rawResponse, readLog } from "./logging.js";
import type { Attempt, Log, Sent } from "./logging.js";
import type { Outgoing } from "./messages.js";
import type { OperationOptions } from "./options.js";
import type { AbortSignalLike, FetchInit, HostResponse } from "./platform.js";
import type { Service } from "./service.js";

/** The options that all calls have, read. */
export interface CallOptions {
  signal: AbortSignalLike | undefined;
  headers: [name: string, value: string][];
  timeout: number | undefined;
  insecure: boolean | undefined;
  log: Log | undefined;
  onResponse: OperationOptions["onResponse"];
}

/** Reads the options that all calls have. */
export const callOptions = (options: OperationOptions): CallOptions => {
  const request = object(options.requestOptions, 'option "requestOptions"');
  const signal = options.abortSignal ?? undefined;
  if (signal && typeof signal.addEventListener !== "function") {
    throw wrongType('option "abortSignal"', "an AbortSignal");
  }
  return {
    signal,
    headers: records(request, "customHeaders"),
    timeout: optional(request, "timeout", amount),
    insecure: optional(request, "allowInsecureConnection", flag),
    log: optional(options, "loggingOptions", readLog),
    onResponse: optional(options, "onResponse", callable),
  };
};

/**
 * A request as the core plans it: the URL that is signed, the URL to send to, the method, the statuses that are an
 * outcome, whether it may be repeated, whether the response is a secret, the token, the body, then headers, name and
 * value in turn.
 */
export type Plan = readonly string[];

/** Plans a request; `first` are the arguments of the core's operation that come before those of all requests. */
export const plan = (
  service: Service,
  operation: Operation,
  first: readonly [string, string],
  options: CallOptions,
  given: string[] = [],
  contentType = "",
): Plan => {
  markPairs(Parameter.Header, options.headers, given);
  return fields(
    operation,
    [
      ...first,
      now(),
      service.endpoint,
      service.proxy,
      service.hubName,
      service.apiVersion,
      service.key,
      yes(options.insecure ?? service.insecure),
      contentType,
      crypto.randomUUID(),
      service.userAgentPrefix,
    ],
    given,
  );
};

/** A response that is an outcome, with its body. */
export interface Outcome {
  response: HostResponse;
  text: string;
}

/** Sends a planned request until the core calls the response an outcome; throws if the call fails. */
export const exchange = (
  service: Service,
  planned: Plan,
  options: CallOptions,
  body?: Outgoing["body"],
): Promise<Outcome> =>
  within(options.signal, options.timeout ?? service.timeout, async (deadline) => {
    const [signed = "", url = "", method = "", statuses = "", repeatable = "", secret = "", token, ownBody] =
      planned;
    const headers = pairs(planned, 8);
    const init: FetchInit = {
      method,
      headers,
      body:
        typeof body === "function"
          ? await deadline.until(body(deadline.signal))
          : (body ?? (ownBody || undefined)),
      redirect: "manual",
      get signal() {
        return deadline.signal;
      },
    };
    const log = options.log ?? service.log;
    for (let number = 1; ; number++) {
      const isSigned = number === 1 && token;
      headers.Authorization = `Bearer ${isSigned ? token : await service.authorize(signed, deadline)}`;
      const attempt: Attempt = { number, started: Date.now(), text: "" };
      try {
        const response = await deadline.until((service.fetch ?? fetch)(url, init));
        if (typeof response?.status !== "number" || typeof response.headers?.get !== "function") {
          throw new TypeError("fetch returned a value that is not a Response");
        }
        // Most responses have no body, and even an empty one takes a while to read.
        if (response.body !== null) attempt.text = await deadline.until(response.text());
        attempt.response = response;
      } catch (cause) {
        if (deadline.isOver) throw cause;
        attempt.error = failure(Failure.Network, cause);
      }
      const { response, text } = attempt;
      const sent: Sent = { method, url, headers, body: init.body, secret };
      if (log?.sink) logAttempt(log, sent, attempt);
      const isOutcome = response && statuses.split(",").includes(String(response.status));
      if (!isOutcome) {
        const [next, code, message] = judge([statuses, repeatable, ...service.retry], method, attempt);
        if (next && message === undefined) {
          await deadline.sleep(Number(next));
          continue;
        }
        if (next) {
          attempt.error ??= responseError(sent, attempt, next as RestErrorKind, code ?? "", message ?? "");
        }
      }
      const { error } = attempt;
      if (response && options.onResponse) {
        options.onResponse(error?.response ?? rawResponse(sent, response, text), parsed(text), error);
      }
      if (!response || error) throw error;
      return { response, text };
    }
  });

const judge = (first: readonly string[], method: string, { number, response, text }: Attempt): string[] => {
  const body = parsed(text);
  return fields(Operation.Judge, [
    ...first,
    String(number),
    String(response?.status ?? ""),
    headerOf(response, "retry-after-ms"),
    headerOf(response, "x-ms-retry-after-ms"),
    headerOf(response, "retry-after"),
    now(),
    whole(Math.random() * 2 ** 32),
    method,
    textMember(body, "code"),
    textMember(body, "message"),
    textMember(body, "title"),
    headerOf(response, "x-ms-error-code"),
    headerOf(response, "date"),
  ]);
};

const headerOf = (response: HostResponse | undefined, name: string): string =>
  response?.headers.get(name) ?? "";

/** Creates the error for a response that is no outcome. */
const responseError = (
  sent: Sent,
  { response, text }: Attempt,
  kind: RestErrorKind,
  code: string,
  message: string,
): RestError | undefined => {
  if (!response) return undefined;
  const raw = rawResponse(sent, response, text);
  const body = parsed(text);
  const errorCode = raw.headers.get("x-ms-error-code");
  return new RestError(message, {
    code: code || undefined,
    statusCode: response.status,
    kind,
    details: {
      ...(typeof body === "object" && !Array.isArray(body) && body),
      ...(errorCode && { errorCode }),
    },
    request: raw.request,
    response: raw,
  });
};
