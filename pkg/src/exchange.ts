/**
 * Calls of the service: planned by the core, sent, and judged by the core after each attempt.
 *
 * In here: the options that all calls have, and the loop around `fetch`. Not in here: the operations
 * (`operations.ts`).
 */
import { amount, callable, flag, object, optional, records, wrongType } from "./arguments.js";
import { Operation, Parameter, call, fields, markPairs, now, pairs, yes } from "./core.js";
import { within } from "./deadline.js";
import type { Deadline } from "./deadline.js";
import { RestError } from "./errors.js";
import type { RestErrorKind } from "./errors.js";
import { parsed } from "./failures.js";
import { REDACTED, logAttempt, rawResponse, readLog } from "./logging.js";
import type { Attempt, Log, Sent } from "./logging.js";
import type { Outgoing } from "./messages.js";
import type { OperationOptions } from "./options.js";
import type { AbortSignalLike, FetchInit, HostResponse } from "./platform.js";
import type { Service } from "./service.js";
import { headerOf, judge, transfer } from "./transfer.js";

/** The options that all calls have, read. */
export interface CallOptions {
  signal: AbortSignalLike | undefined;
  headers: [name: string, value: string][];
  timeout: number | undefined;
  insecure: boolean | undefined;
  log: Log | undefined;
  onResponse: OperationOptions["onResponse"];
}

/** The names of the options that all calls have. */
export const CALL_OPTIONS: readonly (keyof OperationOptions)[] = [
  "abortSignal",
  "requestOptions",
  "loggingOptions",
  "onResponse",
];

/** Reads the options that all calls have. */
export const callOptions = (options: OperationOptions): CallOptions => {
  const request = object(options.requestOptions, 'option "requestOptions"', [
    "customHeaders",
    "timeout",
    "allowInsecureConnection",
  ]);
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
export type Plan = [
  signed: string,
  url: string,
  method: string,
  statuses: string,
  repeatable: string,
  secret: string,
  token: string,
  body: string,
  ...headers: string[],
];

/** Plans a request; `first` are the arguments of the core's operation that come before those of all requests. */
export const plan = (
  service: Service,
  operation: Operation,
  first: readonly [string | number, string],
  options: CallOptions,
  given: string[] = [],
  contentType = "",
): Plan => {
  // Of two headers with one name, the core takes the later one.
  markPairs(Parameter.Header, [...(service.customHeaders?.() ?? []), ...options.headers], given);
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

/** The member of a request, not enumerable, that its signal comes from. */
const DEADLINE: unique symbol = /* @__PURE__ */ Symbol();

/** The signal of a request, created when it is read. All requests share the getter: one of its own would take 2 µs. */
const SIGNAL = {
  configurable: true,
  enumerable: true,
  get(this: { [DEADLINE]: Deadline }) {
    return this[DEADLINE].signal;
  },
};

/**
 * Sends a planned request until the core calls the response an outcome; throws if the call fails. Without `needsBody`
 * the status is the outcome, also if the body breaks off.
 */
export const exchange = (
  service: Service,
  planned: Plan,
  options: CallOptions,
  body?: Outgoing["body"],
  needsBody?: boolean,
): Promise<Outcome> =>
  within(options.signal, options.timeout ?? service.timeout, async (deadline) => {
    const [signed, url, method, statuses, repeatable, secret, token, ownBody] = planned;
    const headers = pairs(planned, 8);
    const init: FetchInit = {
      method,
      headers,
      body: typeof body === "function" ? await body(deadline.signal) : (body ?? (ownBody || undefined)),
      redirect: "manual",
    };
    Object.defineProperty(init, DEADLINE, { value: deadline });
    Object.defineProperty(init, "signal", SIGNAL);
    const log = options.log ?? service.log;
    let claims = "";
    for (let number = 1; ; number++) {
      const bearer = (number === 1 && token) || (await service.authorize(signed, deadline, claims));
      headers.Authorization = `Bearer ${bearer}`;
      const attempt = await transfer(
        service.fetch,
        url,
        init,
        deadline,
        service.maxResponseBytes,
        number,
        needsBody,
      );
      const { response } = attempt;
      // What has content may be something else than its status says.
      const isOutcome =
        response &&
        !headerOf(response, "content-type") &&
        statuses.split(",").includes(String(response.status));
      const sent: Sent = {
        method,
        url,
        headers,
        body: init.body,
        secret,
        // A service or a proxy may echo the token in an error.
        hide(shown) {
          return shown.replaceAll(bearer, REDACTED);
        },
      };
      if (!isOutcome) attempt.text = sent.hide(attempt.text);
      const { text } = attempt;
      if (log?.sink) logAttempt(log, sent, attempt);
      if (response?.status === 401 && service.refused(bearer) && !claims) {
        claims = claimsOf(response);
        // Once: an issuer that does not grant them would be asked for them again and again.
        if (claims) continue;
      }
      if (!isOutcome) {
        const [next, code, message] = judge([statuses, repeatable, ...service.retry], method, attempt);
        if (message !== undefined) {
          attempt.error ??= responseError(sent, attempt, next as RestErrorKind, sent.hide(code), message);
        } else if (next) {
          await deadline.sleep(Number(next));
          continue;
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

/** The claims that a response asks for, as JSON. */
const claimsOf = (response: HostResponse): string => {
  try {
    return atob(call(Operation.Challenge, [headerOf(response, "www-authenticate")]));
  } catch {
    return "";
  }
};

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
