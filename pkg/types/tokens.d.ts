/**
 * How clients get in: URLs with a token, and the roles that it gives.
 *
 * In here: the client access token. Not in here: the credentials of the server (`credentials.d.ts`).
 */
import type { OperationOptions } from "./options.js";

/**
 * How a client speaks, which decides where it connects.
 *
 * - `default`: WebSocket, plain or with a Web PubSub subprotocol; `wss://…/client/hubs/{hub}`
 * - `mqtt`: MQTT over WebSocket; `wss://…/clients/mqtt/hubs/{hub}`
 * - `socketio`: Socket.IO; `wss://…/clients/socketio/hubs/{hub}`
 *
 * Other letter cases are taken too.
 */
export type WebPubSubClientProtocol = "default" | "mqtt" | "socketio";

/** What a client may do without asking the server. Made by {@link roles}. */
export type WebPubSubRole =
  | "webpubsub.joinLeaveGroup"
  | "webpubsub.sendToGroup"
  | `webpubsub.joinLeaveGroup.${string}`
  | `webpubsub.sendToGroup.${string}`
  | `webpubsub.joinLeaveGroups.${string}`
  | `webpubsub.sendToGroups.${string}`
  // Any other string, without losing the completions of those above.
  | (string & {});

/** Who a client is and what it may do. */
export interface ClientTokenOptions {
  /** The user that the client is; without it, it is anonymous. */
  userId?: string;
  /**
   * What the client may do. Without any, it can only send events to the server.
   *
   * - `webpubsub.joinLeaveGroup`, `webpubsub.sendToGroup`: with any group
   * - `webpubsub.joinLeaveGroup.{group}`, `webpubsub.sendToGroup.{group}`: with that group
   * - `webpubsub.joinLeaveGroups.{pattern}`, `webpubsub.sendToGroups.{pattern}`: with the groups that match
   */
  roles?: readonly WebPubSubRole[];
  /** The groups that the client is in from the start; it needs no role for that. */
  groups?: readonly string[];
  /**
   * For how many minutes one can connect with it: at least a second, 60 by default; RangeError otherwise. A connection
   * outlives its token. With a {@link TokenCredential} it is rounded down to whole minutes, at least one.
   */
  expirationTimeInMinutes?: number;
  /** The same in seconds; counts before `expirationTimeInMinutes`. */
  expirationTimeInSeconds?: number;
  /** How the client speaks; `default` by default. */
  clientProtocol?: WebPubSubClientProtocol;
  /** Members to add to the header of the JWT, such as `kid`. Only with an access key; not `alg` or `typ`. */
  jwtHeaders?: Record<string, unknown>;
}

/** What `getClientAccessToken` takes. */
export interface GenerateClientTokenOptions extends ClientTokenOptions, OperationOptions {}

/** Where a client connects, and with what. Whoever has it can connect: keep it out of logs. */
export interface ClientTokenResponse {
  /** The token. */
  token: string;
  /** The URL to connect to, without the token. */
  baseUrl: string;
  /** The URL to connect to, with the token in `access_token`. */
  url: string;
}

/**
 * Makes roles for `getClientAccessToken` and for the answer to a connect event.
 *
 * In a pattern, `?` is one character except `.`, `*` any number of them, `**` any number of any characters, and
 * `\` takes its meaning from the next one; at most 5 `*`, 1024 characters, case counts.
 *
 * @throws TypeError or RangeError with the code `InvalidGroup` or `InvalidRole`.
 *
 * @example
 * ```ts
 * await service.getClientAccessToken({
 *   userId: "alice",
 *   roles: [roles.sendToGroup("lobby"), roles.joinLeaveGroups(`${roles.escape(team)}.*`)],
 * });
 * ```
 */
export declare const roles: {
  /** May join and leave the group, or any group. `webpubsub.joinLeaveGroup[.{group}]` */
  joinLeaveGroup(group?: string): WebPubSubRole;
  /** May send to the group, or to any group. `webpubsub.sendToGroup[.{group}]` */
  sendToGroup(group?: string): WebPubSubRole;
  /** May join and leave the groups that match. `webpubsub.joinLeaveGroups.{pattern}` */
  joinLeaveGroups(pattern: string): WebPubSubRole;
  /** May send to the groups that match. `webpubsub.sendToGroups.{pattern}` */
  sendToGroups(pattern: string): WebPubSubRole;
  /** A name as a part of a pattern: it matches only itself. */
  escape(name: string): string;
};
