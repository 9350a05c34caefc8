/**
 * The client access token: URLs that clients connect to, and the roles that they grant.
 *
 * Not in here: the credentials of the server (`credentials.ts`).
 */
import type { OperationOptions } from "./options.js";

/**
 * The protocol of a client, which determines the URL that it connects to. Case-insensitive at run time.
 *
 * - `default`: WebSocket, plain or with a Web PubSub subprotocol; `wss://…/client/hubs/{hub}`
 * - `mqtt`: MQTT over WebSocket; `wss://…/clients/mqtt/hubs/{hub}`
 * - `socketio`: Socket.IO; `wss://…/clients/socketio/hubs/{hub}`
 */
export type WebPubSubClientProtocol = "default" | "mqtt" | "socketio";

/** A permission that a client has from the start. {@link roles} builds them. */
export type WebPubSubRole =
  | "webpubsub.joinLeaveGroup"
  | "webpubsub.sendToGroup"
  | `webpubsub.joinLeaveGroup.${string}`
  | `webpubsub.sendToGroup.${string}`
  | `webpubsub.joinLeaveGroups.${string}`
  | `webpubsub.sendToGroups.${string}`
  // Any other string, without losing the completions of those above.
  | (string & {});

/** Options for `getClientAccessTokenSync()`. */
export interface ClientTokenOptions {
  /** User id of the client. Default: none, the client is anonymous. */
  userId?: string;
  /**
   * Roles of the client. Without any, it can only send events to the server.
   *
   * - `webpubsub.joinLeaveGroup`, `webpubsub.sendToGroup`: for any group
   * - `webpubsub.joinLeaveGroup.{group}`, `webpubsub.sendToGroup.{group}`: for that group
   * - `webpubsub.joinLeaveGroups.{pattern}`, `webpubsub.sendToGroups.{pattern}`: for the groups that match
   */
  roles?: readonly WebPubSubRole[];
  /** Groups that the client joins when it connects; no role is needed for them. */
  groups?: readonly string[];
  /**
   * Lifetime of the token, in minutes: at least one second, RangeError otherwise. Connections outlive their token.
   * With a {@link TokenCredential} it is rounded down to whole minutes, at least one. Default: 60.
   */
  expirationTimeInMinutes?: number;
  /** Lifetime of the token, in seconds. Takes precedence over `expirationTimeInMinutes`. */
  expirationTimeInSeconds?: number;
  /** Protocol of the client. Default: `default`. */
  clientProtocol?: WebPubSubClientProtocol;
  /** Additional members of the JWT header, such as `kid`, but not `alg` or `typ`. Access keys only. */
  jwtHeaders?: Record<string, unknown>;
}

/** Options for `getClientAccessToken()`. */
export interface GenerateClientTokenOptions extends ClientTokenOptions, OperationOptions {}

/** The URL and the token of a client. They let anyone connect: keep them out of logs. */
export interface ClientTokenResponse {
  /** The token. */
  token: string;
  /** The URL to connect to, without the token. */
  baseUrl: string;
  /** The URL to connect to, with the token as `access_token`. */
  url: string;
}

/** The type of {@link roles}. */
export interface WebPubSubRoles {
  /** Permission to join and leave one group, or any group. `webpubsub.joinLeaveGroup[.{group}]` */
  joinLeaveGroup(group?: string): WebPubSubRole;
  /** Permission to send to one group, or to any group. `webpubsub.sendToGroup[.{group}]` */
  sendToGroup(group?: string): WebPubSubRole;
  /** Permission to join and leave the groups that match. `webpubsub.joinLeaveGroups.{pattern}` */
  joinLeaveGroups(pattern: string): WebPubSubRole;
  /** Permission to send to the groups that match. `webpubsub.sendToGroups.{pattern}` */
  sendToGroups(pattern: string): WebPubSubRole;
  /** Escapes a name for use in a pattern, so that it matches only itself. */
  escape(name: string): string;
}
