// A call of a client as a plan has it, and how it ended, in words that JSON has.
import { HUB } from "../plans.js";

const streamOf = (id) => new Blob([JSON.stringify(id)]).stream();
const endless = () => new ReadableStream({});

const OPERATIONS = {
  sendToAll: (client, id, options) => client.sendToAll(id, options),
  sendToUser: (client, id, options) => client.sendToUser("guest", id, options),
  sendToGroup: (client, id, options) => client.group("crowd").sendToAll(id, options),
  sendStream: (client, id, options) =>
    client.sendToAll(streamOf(id), { ...options, contentType: "application/json" }),
  sendEndlessStream: (client, id, options) => client.sendToAll(endless(), options),
  userExists: (client, id, options) => client.userExists("guest", options),

  async listConnections(client, id, options) {
    const ids = new Set();
    for await (const { connectionId } of client
      .group("crowd")
      .listConnections({ ...options, maxPageSize: 2 })) {
      ids.add(connectionId);
    }
    return ids.size;
  },

  async getClientAccessToken(client, id, options) {
    const { token, url } = await client.getClientAccessToken({ ...options, userId: id });
    if (!url.includes(`/client/hubs/${HUB}`)) return url;
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
  },
};

const REASONS = {
  text: (id) => id,
  object: (id) => ({ id }),
  error: (id) => new Error(id),
  either: (id) => id,
  number: () => 17,
  null: () => null,
  nothing: () => undefined,
};

const signalOf = (plan, request) => {
  if (!plan.signal) return undefined;
  const { reason, after } = plan.signal;
  if (reason === "request") return request.signal;
  if (reason === "time") return AbortSignal.timeout(after);
  const controller = new AbortController();
  const abort = () => controller.abort(REASONS[reason](plan.id));
  if (after === undefined) abort();
  else setTimeout(abort, after);
  if (reason !== "either") return controller.signal;
  return AbortSignal.any([controller.signal, new AbortController().signal]);
};

/** What the reason of an abort tells. */
const told = (reason) => {
  if (reason instanceof Error) return reason.name === "Error" ? reason.message : reason.name;
  return reason?.id ?? reason;
};

/** Makes the call that a plan has; gives `{ value }`, or what the error is. */
export const makeCall = async (client, plan, request) => {
  const { id, operation, fault, timeout } = plan;
  const strangers = [];
  const options = {
    abortSignal: signalOf(plan, request),
    requestOptions: { timeout, customHeaders: { "x-plan": id, "x-fault": fault } },
    onResponse({ headers }) {
      if (headers.get("x-plan") !== id) strangers.push(headers.get("x-plan"));
    },
  };
  let end;
  try {
    end = { value: (await OPERATIONS[operation](client, id, options)) ?? null };
  } catch (error) {
    const { name, code, statusCode, message } = error;
    end = { name, code, statusCode, message, ...(name === "AbortError" && { cause: told(error.cause) }) };
  }
  if (strangers.length > 0) end = { name: "Error", message: `answers of other requests: ${strangers}` };
  return end;
};
