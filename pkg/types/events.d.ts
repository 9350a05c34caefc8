/**
 * The handler of the events that the service sends to the server.
 *
 * In here: `WebPubSubEventHandler`, its options, and what helps around it. Not in here: the events and the answers
 * (`event-requests.d.ts`, `event-responses.d.ts`).
 */
import type { KeyCredential } from "./credentials.js";
import type {
  ConnectedRequest,
  ConnectionContext,
  ConnectRequest,
  DisconnectedRequest,
  GroupJoinedRequest,
  GroupLeftRequest,
  UserEventRequest,
} from "./event-requests.js";
import type {
  ConnectResponse,
  ConnectResponseHandler,
  MqttConnectResponse,
  UserEventReply,
  UserEventResponseHandler,
} from "./event-responses.js";
import type {
  ExecutionContextLike,
  HostResponse,
  IncomingMessageLike,
  RequestLike,
  ServerResponseLike,
} from "./platform.js";

/** One or several access keys; an event counts if it is signed with any of them. */
export type AccessKeys = string | KeyCredential | readonly (string | KeyCredential)[];

/** What handles which event, and how events are verified. */
export interface WebPubSubEventHandlerOptions {
  /** The path to listen at, in any letter case; `/api/webpubsub/hubs/{hub}/` by default. */
  path?: string;

  /**
   * The connection string of the service. Its access key verifies events.
   *
   * The signature is an HMAC of the connection id: it proves that the sender knows the key. It does not cover the
   * body, the kind of the event or the time, so serve over https only; `authorize` allows a second lock.
   */
  connectionString?: string;
  /**
   * The access keys that verify events, instead of a connection string: primary and secondary, while keys are being
   * rotated. They are read anew for every event; a function is called for every event.
   */
  accessKeys?: AccessKeys | (() => AccessKeys | Promise<AccessKeys>);
  /**
   * Takes events from anyone. Without this, a handler that has neither `connectionString` nor `accessKeys` cannot be
   * made.
   */
  dangerouslySkipSignatureVerification?: boolean;
  /**
   * The services that events may come from, by URL or host; any by default. Compared with `WebHook-Request-Origin`
   * in the handshake and for every event. The header alone proves nothing: it is the signature that does.
   */
  allowedEndpoints?: readonly string[];
  /**
   * A second lock, for every verified event: a bearer token to validate, a secret in the URL. Refuses with 401 by
   * returning `false` or throwing.
   *
   * @param request - The request. Its body is not to be read.
   * @param context - What it claims to be about.
   */
  authorize?: (request: RequestLike, context: ConnectionContext) => boolean | void | Promise<boolean | void>;
  /** How many bytes a body may have, 413 otherwise; 1048576 (1 MiB) by default, the most that a message can have. */
  maxBodyBytes?: number;

  /**
   * A client wants to connect; without this, any one with a valid token may.
   *
   * Answer by `res`, or return what `res.success` takes. A handler that does neither, or throws, refuses the client
   * with a 500; one that takes `res` and is not async may leave the answer to a callback, and is waited for.
   */
  handleConnect?: (
    connectRequest: ConnectRequest,
    connectResponse: ConnectResponseHandler,
  ) => ConnectResponse | MqttConnectResponse | void | Promise<ConnectResponse | MqttConnectResponse | void>;
  /**
   * A client has sent something to the server.
   *
   * Answer by `res`, or return a reply. A handler that does neither takes the event without a reply, except that one
   * that takes `res` and is not async may leave the answer to a callback, and is waited for. One that throws refuses
   * the event with a 500, which the service retries up to four times: see {@link EventDeduplicator}.
   */
  handleUserEvent?: (
    userEventRequest: UserEventRequest,
    userEventResponse: UserEventResponseHandler,
  ) => UserEventReply | void | Promise<UserEventReply | void>;
  /** A client has connected. The service does not wait. */
  onConnected?: (connectedRequest: ConnectedRequest) => unknown;
  /** A client has disconnected. The service does not wait. */
  onDisconnected?: (disconnectedRequest: DisconnectedRequest) => unknown;
  /** A connection has joined a group. The service does not wait. */
  onGroupJoined?: (groupJoinedRequest: GroupJoinedRequest) => unknown;
  /** A connection has left a group. The service does not wait. */
  onGroupLeft?: (groupLeftRequest: GroupLeftRequest) => unknown;
  /**
   * Called with whatever a handler throws or rejects with; the service is told nothing of it. Without this, it goes to
   * `console.error`.
   *
   * @param error - What was thrown.
   * @param context - The event that was being handled; absent if the access keys could not be had to verify it.
   */
  onError?: (error: unknown, context?: ConnectionContext) => unknown;
}

/**
 * Handles the events that the service sends for one hub: the handshake, verification, and a function per event.
 *
 * What does not verify gets a 401, what is malformed another 4xx, with a body that names the fault and no secret.
 * Kinds of events that are not known are taken and ignored.
 *
 * @example
 * ```ts
 * const events = new WebPubSubEventHandler("chat", {
 *   connectionString: env.WEB_PUBSUB_CONNECTION_STRING,
 *   handleConnect: (req, res) => (req.context.userId ? res.success({ groups: ["room"] }) : res.fail(401)),
 *   handleUserEvent: async (req) => {
 *     await service.group("room").sendToAll({ from: req.context.userId, data: req.data });
 *   },
 *   onDisconnected: (req) => console.log(req.context.connectionId, req.reason),
 * });
 *
 * export default {
 *   fetch: async (request, env, ctx) => (await events.handle(request, ctx)) ?? app(request, env),
 * };
 * ```
 */
export declare class WebPubSubEventHandler {
  /** The path that it listens at: in lower case, with `/` at the end. */
  readonly path: string;
  /** The hub. */
  readonly hub: string;

  /**
   * @param hub - The hub whose events it handles, in any letter case.
   * @throws TypeError with the code `MissingAccessKey` if there is nothing to verify events with.
   */
  constructor(hub: string, options?: WebPubSubEventHandlerOptions);

  /**
   * Handles a request, if it is for this handler.
   *
   * Handlers that the service does not wait for run on behind the response, by `ctx.waitUntil` where there is one;
   * otherwise the response waits for them.
   *
   * @returns The response, or nothing: hand the request on then. Its body has not been read.
   */
  handle(request: RequestLike, ctx?: ExecutionContextLike): Promise<HostResponse | undefined>;

  /**
   * Handles every request; what is not for this handler gets a 404. Needs no `this`, and takes what a Worker, Deno
   * and Bun give.
   *
   * @example
   * ```ts
   * export default { fetch: events.fetch }; // Cloudflare Workers, Bun
   * Deno.serve(events.fetch);
   * ```
   */
  readonly fetch: (request: RequestLike, env?: unknown, ctx?: ExecutionContextLike) => Promise<HostResponse>;

  /**
   * The same for Express, Connect and plain Node servers. Put it in front of anything that reads bodies.
   *
   * @example
   * ```ts
   * express().use(events.getMiddleware()).listen(3000);
   * ```
   */
  getMiddleware(): (
    request: IncomingMessageLike,
    response: ServerResponseLike,
    next?: (error?: any) => void,
  ) => Promise<void>;
}

/** How much an {@link EventDeduplicator} remembers. */
export interface EventDeduplicatorOptions {
  /** How many events at most; the oldest are forgotten first. 10000 by default. */
  maxEntries?: number;
  /** For how long, in milliseconds; 600000 (ten minutes) by default, longer than the service retries. */
  maxAgeInMs?: number;
}

/**
 * Remembers which events came already: the service sends one again if the answer got lost or was a 5xx.
 *
 * It remembers in this isolate only: what must happen once at most belongs in a store that all isolates share, by the
 * same key, `connectionId` and `id`.
 *
 * @example
 * ```ts
 * const seen = new EventDeduplicator();
 * const handleUserEvent = async (req: UserEventRequest) => {
 *   if (seen.isDuplicate(req.context)) return;
 *   try {
 *     await save(req.data);
 *   } catch (error) {
 *     seen.forget(req.context); // let the next attempt through
 *     throw error;
 *   }
 * };
 * ```
 */
export declare class EventDeduplicator {
  /** @throws RangeError if a limit is not a positive integer. */
  constructor(options?: EventDeduplicatorOptions);
  /** Whether the event came before; remembers it if not. An event without an id never did. */
  isDuplicate(context: ConnectionContext): boolean;
  /** Forgets an event, so that its next attempt is no duplicate. */
  forget(context: ConnectionContext): void;
}
