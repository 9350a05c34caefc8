// What must not compile.
import {
  EventDeduplicator,
  WebPubSubEventHandler,
  type ConnectionContext,
  type ConnectResponse,
  type JsonUserEventRequest,
} from "webpubsub-edge";

// @ts-expect-error a handler belongs to a hub
new WebPubSubEventHandler();
// @ts-expect-error not a function
new WebPubSubEventHandler("chat", { handleConnect: {} });
// @ts-expect-error a key is a string or a credential
new WebPubSubEventHandler("chat", { accessKeys: 1 });
// @ts-expect-error a function that gives keys, not a number
new WebPubSubEventHandler("chat", { accessKeys: async () => 1 });
// @ts-expect-error endpoints are a list
new WebPubSubEventHandler("chat", { allowedEndpoints: "https://contoso.webpubsub.azure.com" });
// @ts-expect-error the verification is skipped by its full name only
new WebPubSubEventHandler("chat", { skipSignatureVerification: true });

export const handlers = [
  // @ts-expect-error a user id is a string
  new WebPubSubEventHandler("chat", { handleConnect: (req, res) => res.success({ userId: 1 }) }),
  // @ts-expect-error a status is a number
  new WebPubSubEventHandler("chat", { handleConnect: (req, res) => res.fail("401") }),
  // @ts-expect-error an MQTT refusal has a code
  new WebPubSubEventHandler("chat", { handleConnect: (req, res) => res.failWith({ mqtt: {} }) }),
  // @ts-expect-error a status is a number, returned too
  new WebPubSubEventHandler("chat", { handleConnect: () => ({ code: "401" }) }),
  // @ts-expect-error nor is a boolean an answer
  new WebPubSubEventHandler("chat", { handleConnect: async () => false }),
  // @ts-expect-error JSON is given as text
  new WebPubSubEventHandler("chat", { handleUserEvent: (req, res) => res.success({ a: 1 }, "json") }),
  // @ts-expect-error no such type of data
  new WebPubSubEventHandler("chat", { handleUserEvent: (req, res) => res.success("a", "html") }),
  // @ts-expect-error a reply says what it is
  new WebPubSubEventHandler("chat", { handleUserEvent: () => "hello" }),
  // @ts-expect-error text is a string
  new WebPubSubEventHandler("chat", { handleUserEvent: () => ({ dataType: "text" as const, data: 1 }) }),
];

interface Seat {
  name: string;
}
export const typed = [
  // @ts-expect-error a handler is a function
  new WebPubSubEventHandler("chat", { on: { join: "hello" } }),
  // @ts-expect-error no such value in the state
  new WebPubSubEventHandler<Seat>("chat", { handleUserEvent: (req, res) => res.setState("nme", "x") }),
  // @ts-expect-error the value has another type
  new WebPubSubEventHandler<Seat>("chat", { handleUserEvent: (req, res) => res.setState("name", 1) }),
  // @ts-expect-error the data has another type
  new WebPubSubEventHandler<Seat, { a: number }>("chat", { on: { join: (req) => void req.json().b } }),
  // @ts-expect-error a claim has a list of values
  new WebPubSubEventHandler<Seat, unknown, { role: string }>("chat"),
];

// @ts-expect-error groups are a list
export const response: ConnectResponse = { groups: "room" };

// @ts-expect-error an event is known by its context
new EventDeduplicator().isDuplicate("7");

export const stored = (context: ConnectionContext<Seat>) => {
  // @ts-expect-error nobody may have stored the value yet
  return context.states.name.trim();
};

export const peek = (req: JsonUserEventRequest) => {
  // @ts-expect-error nothing is known of JSON
  return req.data.name;
};
