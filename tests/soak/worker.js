// The Worker under load: makes the calls that it is asked for with clients that live as long as its isolate, and handles
// the events of the hub.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import { endpointIn } from "./jwt.js";

const HUB = "soak";

let tools;

/** Called once, when the address of the service is known. */
const prepare = ({ connectionString, proxy, entraToken, timeoutInMs }) => {
  const options = {
    reverseProxyEndpoint: proxy,
    timeoutInMs,
    retryOptions: { maxRetries: 3, retryDelayInMs: 20, maxRetryDelayInMs: 1_000 },
    allowInsecureConnection: true,
  };
  const getToken = async () => ({ token: entraToken, expiresOnTimestamp: Date.now() + 60_000 });
  tools = {
    key: new WebPubSubServiceClient(connectionString, HUB, options),
    entra: new WebPubSubServiceClient(endpointIn(connectionString), { getToken }, HUB, options),
    events: new WebPubSubEventHandler(HUB, {
      connectionString,
      handleConnect: (_, res) => res.success(),
      handleUserEvent: ({ data }, res) => res.success(`echo ${data}`, "text"),
    }),
  };
};

/** A message that carries its id, and what it is sent as. */
const messageOf = ({ id, type, size }) => {
  const padding = "x".repeat(size);
  if (type === "json") return [{ id, padding }, {}];
  const text = `${id} ${padding}`;
  if (type === "text") return [text, { contentType: "text/plain" }];
  return [new TextEncoder().encode(text), { contentType: "application/octet-stream" }];
};

const SENDS = {
  hub: (service, _, message, options) => service.sendToAll(message, options),
  group: (service, name, message, options) => service.group(name).sendToAll(message, options),
  user: (service, name, message, options) => service.sendToUser(name, message, options),
  connection: (service, name, message, options) => service.sendToConnection(name, message, options),
};

/** A method of the client, or of one of its groups. */
const callOf = (service, { method, group, args = [] }) => {
  const target = group === undefined ? service : service.group(group);
  return target[method](...args);
};

const perform = async (task) => {
  const service = tools[task.client ?? "key"];
  if (!task.send) return callOf(service, task);
  const { to, name, options, ...message } = task.send;
  const [body, type] = messageOf(message);
  const requestOptions = { customHeaders: { "x-message": message.id } };
  return SENDS[to](service, name, body, { ...type, ...options, requestOptions });
};

/** What came of a task: `{ value }`, or what its error is. */
const outcomeOf = async (task) => {
  try {
    return { value: (await perform(task)) ?? null };
  } catch (error) {
    const { name, code, kind, statusCode, message } = error;
    return { name, code, kind, statusCode, message };
  }
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/-/settings") {
      prepare(await request.json());
      return new Response();
    }
    if (pathname === "/-/collect") {
      // workerd runs with `--expose-gc`: where memory is plenty, V8 would let garbage pile up for minutes.
      globalThis.gc();
      return new Response();
    }
    if (pathname === "/-/task") return Response.json(await outcomeOf(await request.json()));
    return tools.events.fetch(request, env, ctx);
  },
};
