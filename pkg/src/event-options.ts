/**
 * The options of the event handler.
 *
 * Not in here: the events and the responses (`event-requests.ts`, `event-responses.ts`).
 */
import type { KeyCredential } from "./credentials.js";
import type {
  Claims,
  ConnectedRequest,
  ConnectionContext,
  ConnectRequest,
  DisconnectedRequest,
  GroupJoinedRequest,
  GroupLeftRequest,
  UserEventRequest,
} from "./event-requests.js";
import type {
  ConnectErrorResponse,
  ConnectResponse,
  ConnectResponseHandler,
  MqttConnectErrorResponse,
  MqttConnectResponse,
  UserEventReply,
  UserEventResponseHandler,
} from "./event-responses.js";
import type { RequestLike } from "./platform.js";

/** What `handleConnect` may return: the client is accepted, or rejected. */
export type ConnectDecision =
  ConnectResponse | MqttConnectResponse | ConnectErrorResponse | MqttConnectErrorResponse;

/** One or more access keys; an event is accepted if it is signed with any of them. */
export type AccessKeys = string | KeyCredential | readonly (string | KeyCredential)[];

/** A handler of user events. */
export type UserEventHandler<State extends Record<string, any> = Record<string, any>, Data = unknown> = (
  userEventRequest: UserEventRequest<State, Data>,
  userEventResponse: UserEventResponseHandler<State>,
) => UserEventReply | void | Promise<UserEventReply | void>;

/**
 * Options for `new WebPubSubEventHandler()`: the handlers, and the verification of events.
 *
 * @typeParam State - The values that handlers store by `setState`, by name.
 * @typeParam Data - The data of user events in JSON. It is not validated.
 * @typeParam TokenClaims - The claims of client access tokens that are expected.
 */
export interface WebPubSubEventHandlerOptions<
  State extends Record<string, any> = Record<string, any>,
  Data = unknown,
  TokenClaims extends Partial<Record<keyof TokenClaims, string[]>> = Claims,
> {
  /** Path of the webhook, case-insensitive. Default: `/api/webpubsub/hubs/{hub}/`. */
  path?: string;

  /**
   * Connection string of the service, whose access key verifies events.
   *
   * The signature is an HMAC of the connection id: it proves that the sender has the key. It does not cover the
   * body, the type of the event or the time: serve over https only, and use `authorize` for additional checks.
   */
  connectionString?: string;
  /**
   * Access keys that verify events, instead of a connection string; primary and secondary during a key rotation.
   * They are read for every event; a function is called for every event.
   */
  accessKeys?: AccessKeys | (() => AccessKeys | Promise<AccessKeys>);
  /**
   * Whether events are accepted without verification, from any sender. The constructor throws without this option,
   * `connectionString` and `accessKeys`. Default: `false`.
   */
  dangerouslySkipSignatureVerification?: boolean;
  /**
   * URLs or hosts of the services that may send events, compared with `WebHook-Request-Origin` in the handshake and
   * in every event. The header alone proves nothing; the signature does. Default: any service.
   */
  allowedEndpoints?: readonly string[];
  /**
   * Additional check of every verified event, such as a bearer token or a secret in the URL. The event passes only if
   * it returns `true`; otherwise it is rejected with a 401. Anything but a boolean is reported to `onError`.
   *
   * @param request - The request. Its body must not be read.
   * @param context - The connection and the name of the event.
   */
  authorize?: (request: RequestLike, context: ConnectionContext<State>) => boolean | Promise<boolean>;
  /** Maximum size of a body, in bytes; 413 otherwise. Default: 1048576 (1 MiB), the service's limit. */
  maxBodyBytes?: number;

  /**
   * Called when a client requests a connection. Default: clients with a valid token are accepted.
   *
   * Respond by `res`, or return the argument of `res.success` or `res.failWith`. The client is rejected with a 500 if
   * the handler does neither, throws, or returns anything else. A handler that takes `res` and is not async may respond later, from a
   * callback.
   */
  handleConnect?: (
    connectRequest: ConnectRequest<State, TokenClaims>,
    connectResponse: ConnectResponseHandler<State>,
  ) => ConnectDecision | void | Promise<ConnectDecision | void>;
  /**
   * Called when a client sends a message to the server.
   *
   * Respond by `res`, or return a reply. The event is accepted without a reply if the handler does neither. A handler
   * that takes `res` and is not async may respond later, from a callback. If the handler throws, the event is
   * rejected with a 500, which the service retries up to four times: see {@link EventDeduplicator}.
   */
  handleUserEvent?: UserEventHandler<State, Data>;
  /**
   * Handlers of user events by the name of the event, in its exact letter case. All other user events are for
   * `handleUserEvent`. Only the object's own members count.
   *
   * @example
   * ```ts
   * new WebPubSubEventHandler("chat", {
   *   connectionString,
   *   on: {
   *     join: (req, res) => res.success(`Hello, ${req.context.userId}`, "text"),
   *     say: async (req) => service.group("room").sendToAll(req),
   *   },
   * });
   * ```
   */
  on?: { readonly [eventName: string]: UserEventHandler<State, Data> };
  /** Called when a client has connected. The service does not wait. */
  onConnected?: (connectedRequest: ConnectedRequest<State>) => unknown;
  /** Called when a client has disconnected. The service does not wait. */
  onDisconnected?: (disconnectedRequest: DisconnectedRequest<State>) => unknown;
  /** Called when a connection has joined a group. The service does not wait. */
  onGroupJoined?: (groupJoinedRequest: GroupJoinedRequest<State>) => unknown;
  /** Called when a connection has left a group. The service does not wait. */
  onGroupLeft?: (groupLeftRequest: GroupLeftRequest<State>) => unknown;
  /**
   * Called with the error that a handler throws or rejects with, which the service never sees, and with a warning (code
   * `HandlerPending`) about one that has not ended for 10 s. Default: errors are logged by `console.error`, warnings by
   * `console.warn`.
   *
   * @param error - The error.
   * @param context - The event; absent if the access keys to verify it could not be read.
   */
  onError?: (error: unknown, context?: ConnectionContext<State>) => unknown;
}
