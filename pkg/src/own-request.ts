/**
 * Requests for which the client has no method.
 *
 * Not in here: which paths and methods there are, which the core decides; all other requests (`operations.ts`).
 */
import { object, plain, records, text } from "./arguments.js";
import type { SendRequestOptions, ServiceRequest } from "./client-options.js";
import { Operation, Parameter, listOf } from "./core.js";
import { CALL_OPTIONS, callOptions, exchange, plan } from "./exchange.js";
import { outgoing } from "./messages.js";
import type { HostResponse } from "./platform.js";
import type { Service } from "./service.js";

/** Sends a request, and returns its response as one whose body has not been read. */
export const sendOwn = async (
  service: Service,
  request: ServiceRequest,
  options: SendRequestOptions | undefined,
): Promise<HostResponse> => {
  const given = object(request, "request", ["method", "path", "query", "headers", "body"]);
  const first: [string, string] = [
    text(given.method, "method of the request", "InvalidMethod"),
    text(given.path, "path of the request", "InvalidPath"),
  ];
  const parameters = readQuery(given);
  const read = callOptions(object(options, "options", CALL_OPTIONS));
  read.headers.unshift(...records(given, "headers"));
  const body = given.body == null ? undefined : outgoing(given.body, "application/octet-stream").body;
  const planned = plan(service, Operation.OwnRequest, first, read, parameters);
  const outcome = await exchange(service, planned, read, body);
  const { status, statusText, headers } = outcome.response;
  // `null` for an empty body: for a 204, `new Response` rejects even an empty string.
  return new Response(outcome.text || null, { status, statusText, headers }) as HostResponse;
};

/** Reads the query of a request; a list repeats the parameter. */
const readQuery = ({ query }: ServiceRequest): string[] => {
  const given: string[] = [];
  for (const [name, value] of Object.entries(plain(query ?? {}, "query of the request"))) {
    for (const item of listOf(value)) {
      if (item == null) continue;
      const isScalar = typeof item === "number" || typeof item === "boolean";
      const parameter = isScalar ? String(item) : text(item, `value of "${name}" in the query`);
      given.push(Parameter.Query + text(name, "name in the query"), parameter);
    }
  }
  return given;
};
