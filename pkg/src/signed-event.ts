/**
 * Events as the service sends them, for tests of event handlers. The core signs them.
 *
 * Not in here: the handler that accepts them (`events.ts`).
 */
import { object, optional, pairsOf, plain, text } from "./arguments.js";
import { Operation, Parameter, call, fields } from "./core.js";
import { argumentError } from "./errors.js";
import { CONTENT_TYPE_OF, isBinary, toJson } from "./messages.js";
import type { HostRequest } from "./platform.js";

/** Options for `signedEvent()`. */
export interface SignedEventOptions {
  /** The hub of the event. */
  hub: string;
  /** The access key that signs the event: one of those that the event handler accepts. */
  key: string;
  /**
   * `connect`, `connected` or `disconnected`; with the option `group`, `joined` or `left`; otherwise the name of a user
   * event. Default: `message`, as for messages of clients without a subprotocol.
   */
  event?: string;
  /**
   * The data of a user event: a string is text, bytes are binary, any other value is JSON. For all other events, the
   * members of the body: `{ claims, query, headers, subprotocols, clientCertificates, mqtt }` for `connect`,
   * `{ reason, mqtt }` for `disconnected`. Default: an empty text, or no members.
   */
  data?: unknown;
  /** The type of the data of a user event, `"json"` for a string in JSON for example. Default: that of the data. */
  dataType?: "text" | "json" | "binary";
  /** The group of `joined` and `left`. */
  group?: string;
  /** The user id of the connection. Default: none. */
  userId?: string;
  /** The id of the connection. Default: `connection-1`. */
  connectionId?: string;
  /** The subprotocol of the connection. Default: none. */
  subprotocol?: string;
  /** The state of the connection, as if handlers had stored it by `setState`. Default: none. */
  states?: Record<string, unknown>;
  /** The URL of the request. Default: the default path of the event handler of the hub, at `https://localhost`. */
  url?: string;
  /**
   * Headers that are added, or replace those of the event, such as `WebHook-Request-Origin` for a handler with
   * `allowedEndpoints`. Default: none.
   */
  headers?: Record<string, string>;
}

const SYSTEM_EVENTS: readonly string[] = ["connect", "connected", "disconnected"];
const GROUP_EVENTS: readonly string[] = ["joined", "left"];

/**
 * Creates a request with an event, as the service sends it: `events.handle(signedEvent(…))` accepts it, if the handler
 * has the key and is for the hub.
 *
 * @throws TypeError with the code `InvalidOption` or `InvalidAccessKey`, among others.
 *
 * @example
 * ```ts
 * const request = signedEvent({ hub: "chat", event: "connect", userId: "ada", key: "<AccessKey>" });
 * const response = await events.handle(request);
 * ```
 */
export const signedEvent = (options: SignedEventOptions): HostRequest => {
  const given = object(options, "options of signedEvent", [
    "hub",
    "key",
    "event",
    "data",
    "dataType",
    "group",
    "userId",
    "connectionId",
    "subprotocol",
    "states",
    "url",
    "headers",
  ] satisfies (keyof SignedEventOptions)[]);
  const hub = text(given.hub, "hub name", "InvalidHub");
  const key = text(given.key, "access key", "InvalidAccessKey");
  const event = optional(given, "event", text) ?? "message";
  const connectionId = optional(given, "connectionId", text) ?? "connection-1";
  const { type, contentType, body } = contentOf(event, given);
  const source = `/hubs/${encodeURIComponent(hub)}/client/${encodeURIComponent(connectionId)}`;
  const headers: Record<string, string | undefined> = {
    "Content-Type": contentType,
    "WebHook-Request-Origin": "localhost",
    "ce-specversion": "1.0",
    "ce-awpsversion": "1.0",
    "ce-type": `azure.webpubsub.${type}`,
    "ce-source": source,
    "ce-id": "1",
    "ce-time": new Date().toISOString(),
    "ce-signature": signatureOf(key, connectionId),
    "ce-hub": hub,
    "ce-connectionId": connectionId,
    "ce-eventName": event,
    "ce-userId": optional(given, "userId", text),
    "ce-subprotocol": optional(given, "subprotocol", text),
    "ce-connectionState": optional(given, "states", stateHeader),
  };
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all.set(name, utf8(value));
  }
  for (const [name, value] of optional(given, "headers", pairsOf) ?? []) all.set(name, utf8(value));
  const url =
    optional(given, "url", text) ?? `https://localhost/api/webpubsub/hubs/${encodeURIComponent(hub)}/`;
  return new Request(url, { method: "POST", headers: all, body }) as HostRequest;
};

interface Content {
  /** The end of `ce-type`. */
  type: string;
  contentType: string | undefined;
  body: unknown;
}

const contentOf = (event: string, options: SignedEventOptions): Content => {
  const { data, group } = options;
  const isOfGroup = group !== undefined;
  if (isOfGroup && !GROUP_EVENTS.includes(event)) {
    throw argumentError(
      'The option "group" is for the events "joined" and "left": leave it out',
      "InvalidOption",
    );
  }
  if (!isOfGroup && !SYSTEM_EVENTS.includes(event)) return userContentOf(event, options);
  if (options.dataType !== undefined) {
    throw argumentError(
      'The option "dataType" is for user events, and the data of all others is JSON: leave it out',
      "InvalidOption",
    );
  }
  const members = { ...plain(data ?? {}, "data of the event"), ...(isOfGroup && { group }) };
  return {
    type: `${isOfGroup ? "gp" : "sys"}.${event}`,
    contentType: CONTENT_TYPE_OF.json,
    body: toJson(members, "data of the event", "InvalidOption"),
  };
};

const userContentOf = (event: string, { data = "", dataType }: SignedEventOptions): Content => {
  const isText = typeof data === "string";
  const isRaw = isText || isBinary(data);
  const kind = dataType ?? (isText ? "text" : isRaw ? "binary" : "json");
  if (!Object.hasOwn(CONTENT_TYPE_OF, kind) || (kind !== "json" && !isRaw)) {
    throw argumentError(
      'The data of the event does not fit its type: pass a string for "text", bytes for "binary", any value for "json"',
      "InvalidOption",
    );
  }
  return {
    type: `user.${event}`,
    contentType: CONTENT_TYPE_OF[kind],
    body: isRaw ? data : toJson(data, "data of the event", "InvalidOption"),
  };
};

/** The signature that the core makes, in the form in which the service writes it. */
const signatureOf = (key: string, connectionId: string): string => {
  const base64 = call(Operation.EventSignature, [key, connectionId])
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  const digits = Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
  return `sha256=${digits.join("")}`;
};

/** The state of a connection as the header in which handlers send it. */
const stateHeader = (states: Record<string, unknown>, what: string): string => {
  const json = toJson(plain(states, what), "state", "InvalidState");
  return fields(Operation.Reply, [""], [Parameter.State + json])[3] ?? "";
};

/** A value of a header as the service sends it: the bytes of its UTF-8, each as a character. */
const utf8 = (value: string): string => String.fromCharCode(...new TextEncoder().encode(value));
