/**
 * A `fetch` for tests: it records requests, and sends nothing.
 *
 * In here: the responses to a client of `webpubsub-edge`. Which status an operation succeeds with is the core's.
 */
import { Operation, Parameter, fields, now } from "./core.js";
import type { FetchFunction, HostRequest, HostResponse } from "./platform.js";

/** A response: a status without a body, a `Response`, or an error that `fetch` rejects with, as for a network error. */
export type RecordedResponse = number | HostResponse | Error;

/** The responses that a recording `fetch` gives: one, or a function of the request that returns one. */
export type RecordedResponder =
  RecordedResponse | ((request: HostRequest) => RecordedResponse | Promise<RecordedResponse>);

/** A `fetch` that records its requests. */
export interface RecordingFetch {
  /** The function to pass as the option `fetch`. It needs no `this`. */
  readonly fetch: FetchFunction;
  /** The requests so far, each attempt of a call on its own. Their bodies can be read: `await requests[0].json()`. */
  readonly requests: HostRequest[];
}

/**
 * Creates a `fetch` that sends nothing and records the requests.
 *
 * @param responses - The response to each request in turn; the last one is for all later requests too. Default: the
 *   status with which the operation succeeds, and an empty list for `listConnections()`.
 *
 * @example
 * ```ts
 * const { fetch, requests } = recordingFetch(503, 202); // the first attempt fails
 * const service = new WebPubSubServiceClient(connectionString, "chat", { fetch });
 * await service.sendToAll({ text: "hello" });
 *
 * assert.equal(requests.length, 2);
 * assert.deepEqual(await requests[1].json(), { text: "hello" });
 * ```
 */
export const recordingFetch = (...responses: RecordedResponder[]): RecordingFetch => {
  const requests: HostRequest[] = [];
  const fetch: FetchFunction = async (input, init) => {
    const request = new Request(input as string, { ...init });
    const next = responses[Math.min(requests.length, responses.length - 1)] ?? success(request);
    requests.push(request as HostRequest);
    // A copy, so that the body of the recorded request can still be read.
    const given = typeof next === "function" ? await next(request.clone() as HostRequest) : next;
    if (given instanceof Error) throw given;
    // A copy, so that a response for several requests has its body each time.
    const response =
      typeof given === "number" ? new Response(null, { status: given }) : (given as Response).clone();
    return response as HostResponse;
  };
  return { fetch, requests };
};

interface Success {
  method: string;
  path: RegExp;
  status: number;
}

let successes: Success[] | undefined;

/** The response with which the operation succeeds that a request is for; 200 for any other request. */
const success = ({ method, url }: Request): HostResponse => {
  const { pathname } = new URL(url);
  successes ??= plannedSuccesses();
  const found = successes.find((success) => success.method === method && success.path.test(pathname));
  const status = found?.status ?? 200;
  if (method !== "GET" || !found) return new Response(null, { status }) as HostResponse;
  const headers = { "Content-Type": "application/json" };
  return new Response('{"value":[]}', { status, headers }) as HostResponse;
};

/** The operations and their statuses, from the plans that the core makes for names that stand for any. */
const plannedSuccesses = (): Success[] => {
  const planned: Success[] = [];
  const any = "anyname";
  const permission = "sendToGroup";
  const names = [
    Parameter.Group,
    Parameter.UserId,
    Parameter.ConnectionId,
    Parameter.Groups,
    Parameter.Filter,
  ];
  const given = [...names.map((parameter) => parameter + any), Parameter.Permission + permission];
  for (;;) {
    const request = [planned.length, "", now(), "https://localhost", "", any, "1", "key", "", "", "id", ""];
    const [signed, , method = "", status] = fields(Operation.Request, request, given);
    if (!signed) return planned;
    const path = new URL(signed).pathname.replaceAll(new RegExp(`${any}|${permission}`, "g"), "[^/]+");
    planned.push({ method, path: new RegExp(`^${path}$`), status: Number(status?.split(",")[0]) });
  }
};
