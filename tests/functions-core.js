// The part of the Azure Functions host that an app in Node talks to, for HTTP triggers: this module is
// `@azure/functions-core`, which no registry has, because the host provides it. `@azure/functions` registers functions here.
//
// In here: registration, routes and invocations. Not in here: what converts requests and responses and calls the function,
// which is the code of `@azure/functions`; keys, CORS and hooks, which no test needs.
import { randomUUID } from "node:crypto";
import { registerHooks } from "node:module";

registerHooks({
  resolve: (name, context, next) =>
    name === "@azure/functions-core" ? { url: import.meta.url, shortCircuit: true } : next(name, context),
});

let model;
export const setProgrammingModel = (value) => (model = value);

const functions = [];
export const registerFunction = (metadata, callback) => {
  const [name, trigger] = Object.entries(metadata.bindings).find(([, { type }]) => type === "httpTrigger");
  const route = trigger.route ?? metadata.name;
  const pattern = route.replaceAll(/{(\w+)}/g, "(?<$1>[^/]+)");
  functions.push({
    metadata,
    callback,
    name,
    methods: trigger.methods,
    pattern: RegExp(`^${pattern}/?$`, "i"),
  });
};

export const log = (level, category, message) => {
  if (level === "error" || level === "warning") console.error(`${category}: ${message}`);
};

export const hasFunctions = () => functions.length > 0;

const nullable = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

/**
 * Calls the function of a route, without the prefix, by a request `{ method, url, headers, body }`. Returns
 * `{ status, headers, body }`; `undefined` if there is no such function.
 */
export const invoke = async (route, { method, url, headers, body }) => {
  const called = functions.find(({ methods, pattern }) => methods.includes(method) && pattern.test(route));
  if (!called) return undefined;
  const { metadata, callback, name, pattern } = called;
  const http = {
    method,
    url: String(url),
    nullableHeaders: nullable(headers),
    nullableParams: nullable(pattern.exec(route).groups ?? {}),
    nullableQuery: nullable(Object.fromEntries(new URL(url).searchParams)),
    // The host sends the bytes of every type of content to Node.
    body: body?.length > 0 ? { bytes: body } : undefined,
  };
  const invocation = model.getInvocationModel({
    invocationId: randomUUID(),
    metadata,
    request: { inputData: [{ name, data: { http } }] },
    log,
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, callback);
  const { returnValue } = await invocation.getResponse(context, result);
  const { statusCode, headers: responseHeaders, body: responseBody } = returnValue.http;
  return { status: Number(statusCode), headers: responseHeaders, body: responseBody.bytes };
};
