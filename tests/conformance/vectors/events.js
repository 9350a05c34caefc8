// Vectors of the event handler: what becomes of a request, and of what a handler decides.
import { equal } from "../assert.js";
import { CONNECTION, ORIGIN, PRIMARY, SIGNATURES, eventHeaders } from "../webhooks.js";
import { errorOf, withoutEmpty } from "./cases.js";

const ORIGIN_OF_URLS = "https://app.example";
const TEXT = "text/plain; charset=utf-8";
const PATH = "/api/webpubsub/hubs/chat/";

/** What the handlers are called in vectors. */
const EVENTS = {
  handleConnect: "connect",
  handleUserEvent: "user",
  onConnected: "connected",
  onDisconnected: "disconnected",
  onGroupJoined: "joined",
  onGroupLeft: "left",
};

/** The context of an event that a vector says nothing of. */
const CONTEXT = {
  hub: "chat",
  connectionId: CONNECTION,
  origin: ORIGIN,
  signature: SIGNATURES.join(","),
  id: "1",
  time: "2026-01-31T12:00:00Z",
  source: `/hubs/chat/client/${CONNECTION}`,
  clientProtocol: "default",
};

/** The body of an event that a vector says nothing of. */
const usualBody = (type) => (type?.startsWith("gp.") ? '{"group":"g"}' : "{}");

const bytesOf = (body) =>
  typeof body === "string"
    ? body
    : Uint8Array.from(atob(body.base64), (character) => character.charCodeAt(0));

const base64Of = (buffer) => ({ base64: btoa(String.fromCharCode(...new Uint8Array(buffer))) });

/** A text as its bytes come in a header. */
const headerOf = (value) => String.fromCharCode(...new TextEncoder().encode(value));

/** A request of the service: an event, a handshake, or any other; a header that is `null` is left out. */
const requestOf = ({ event, handshake, method, path = PATH, headers = {}, repeated = [], body }) => {
  const all = new Headers();
  const usual = event === undefined ? {} : eventHeaders(event);
  if (handshake !== undefined)
    Object.assign(usual, { "WebHook-Request-Origin": handshake, "ce-awpsversion": "1.0" });
  for (const [name, value] of Object.entries({ ...usual, ...headers }))
    if (value !== null) all.append(name, headerOf(value));
  for (const [name, value] of repeated) all.append(name, headerOf(value));
  const sends = event !== undefined || method === "POST";
  return new Request(ORIGIN_OF_URLS + path, {
    method: method ?? (sends ? "POST" : "OPTIONS"),
    headers: all,
    ...(sends && { body: bytesOf(body ?? usualBody(event)) }),
  });
};

/** A response as vectors have it: a body that is JSON as its value. */
const responseOf = async (response) => {
  const headers = Object.fromEntries(response.headers);
  if (headers["content-type"] === "application/octet-stream") {
    const body = base64Of(await response.arrayBuffer());
    return { status: response.status, headers, body };
  }
  const text = await response.text();
  const isJson = headers["content-type"]?.startsWith("application/json");
  // Hosts set the content type of text that has none, in their own spelling; Bun does when it sends the response.
  const contentType = headers["content-type"] ?? (text && TEXT);
  if (/^text\/plain; ?charset=utf-8$/i.test(contentType)) headers["content-type"] = TEXT;
  return withoutEmpty({ status: response.status, headers, body: isJson ? JSON.parse(text) : text || null });
};

/** The members of a context that are not the usual ones. */
const contextOf = (context) => {
  const others = { ...context };
  for (const [name, value] of Object.entries(CONTEXT)) {
    if (others[name] === value) delete others[name];
    else others[name] ??= "missing";
  }
  return withoutEmpty(others);
};

/** An event as a handler gets it; the data or the members only of bodies that the vector gives. */
const eventOf = (name, { context, data, dataType, contentType, queries, ...members }, hasBody) => {
  const output = { event: EVENTS[name], context: contextOf(context), dataType, contentType };
  if (hasBody && dataType) {
    output.data = data instanceof ArrayBuffer ? base64Of(data) : data;
    if (data === "" || data === null) return { ...withoutEmpty(output), data };
  }
  if (queries) equal(queries, members.query);
  return withoutEmpty({ ...output, members: hasBody && !dataType ? membersOf(members) : undefined });
};

const membersOf = (members) => {
  const all = withoutEmpty(members);
  if (all.clientCertificates) all.clientCertificates = all.clientCertificates.map(withoutEmpty);
  // Empty or not, it says that the client is an MQTT client.
  if (members.mqtt) all.mqtt = withoutEmpty(members.mqtt);
  return all;
};

/** The handler that a vector describes, which can be verified by the usual keys unless it says otherwise. */
const handlerOf = ({ WebPubSubEventHandler }, { hub = "chat", ...options } = {}, handlers) =>
  new WebPubSubEventHandler(hub, { accessKeys: PRIMARY, ...options, ...handlers });

/** What becomes of a request: nothing, a response or an event. */
export const requests = async (pkg, { handler, request }) => {
  let output = { notMine: true };
  const handlers = {};
  for (const name of Object.keys(EVENTS)) {
    handlers[name] = (req, res) => {
      output = eventOf(name, req, request.body !== undefined);
      res?.success();
    };
  }
  let events;
  try {
    events = handlerOf(pkg, handler, handlers);
  } catch (error) {
    return { error: errorOf(error) };
  }
  if (!request) return { path: events.path };
  const response = await events.handle(requestOf(request));
  if (response && !output.event) return { response: await responseOf(response) };
  return output;
};

/** The response to an event of whose handler the decision is known; or the error of a decision that is none. */
export const responses = async (pkg, { event, mqttVersion, offered, state, decision }) => {
  let failure;
  const decide = (req, res) => {
    for (const [name, value] of Object.entries(state ?? {})) res.setState(name, value);
    // A state that is empty is one that was changed too.
    if (state) res.setState("a name that is not there", undefined);
    const { accept, refuse, reply, fails } = decision;
    if (fails) throw new Error("the handler failed");
    if (accept) return acceptanceOf(accept);
    if (refuse) return refusal(res, refuse);
    if (reply) return replyOf(reply);
    res.success();
  };
  const handlers = {
    handleConnect: decide,
    handleUserEvent: decide,
    onError: (error) => void (failure = error),
  };
  const isMqtt = mqttVersion !== undefined;
  const mqttHeaders = isMqtt ? { "ce-subprotocol": "mqtt", "ce-physicalConnectionId": "p" } : {};
  const body = { subprotocols: offered, mqtt: isMqtt ? { protocolVersion: mqttVersion } : undefined };
  const request = requestOf({ event, headers: mqttHeaders, body: JSON.stringify(body) });
  const response = await handlerOf(pkg, {}, handlers).handle(request);
  if (failure && !decision.fails) return { error: errorOf(failure) };
  return { response: await responseOf(response) };
};

const acceptanceOf = ({ userProperties, ...accept }) => ({
  ...accept,
  ...(userProperties && { mqtt: { userProperties } }),
});

const refusal = (res, { status, mqttCode, reason, userProperties }) => {
  if (mqttCode === undefined) res.fail(status, reason);
  else res.failWith({ mqtt: { code: mqttCode, reason, userProperties } });
};

const replyOf = ({ text, json, base64 }) => {
  if (text !== undefined) return { data: text, dataType: "text" };
  if (base64 !== undefined) return { data: bytesOf({ base64 }), dataType: "binary" };
  return { data: json, dataType: "json" };
};
