/**
 * The options of the client's operations on a hub, its users and its connections.
 *
 * In here: one interface per operation. Not in here: the options that all of them share (`options.ts`,
 * `messages.ts`).
 */
import type { BinaryMessage, FilteredSendOptions, SendOptions, TextContent } from "./messages.js";
import type { OperationOptions } from "./options.js";

/** A permission of a connection: to join and leave a group, or to send to it. */
export type Permission = "joinLeaveGroup" | "sendToGroup";

/** Options common to the operations that close connections. */
interface CloseOptions extends OperationOptions {
  /** Reason that the clients receive. */
  reason?: string;
}

/** Options common to the operations that close several connections. */
interface CloseManyOptions extends CloseOptions {
  /** Ids of the connections that stay open. */
  excludedConnections?: readonly string[];
}

/** Options common to the operations on permissions. */
interface PermissionOptions extends OperationOptions {
  /** Name of the group that the permission is for, which the service requires. Patterns are not supported. */
  targetName?: string;
}

/** Options for `closeConnection()`. */
export interface HubCloseConnectionOptions extends CloseOptions {}

/** Options for `closeAllConnections()`. */
export interface HubCloseAllConnectionsOptions extends CloseManyOptions {}

/** Options for `closeUserConnections()`. */
export interface HubCloseUserConnectionsOptions extends CloseManyOptions {}

/** Options for `connectionExists()`. */
export interface HasConnectionOptions extends OperationOptions {}

/** Options for `groupExists()`. */
export interface HubHasGroupOptions extends OperationOptions {}

/** Options for `userExists()`. */
export interface HubHasUserOptions extends OperationOptions {}

/** Options for `removeUserFromAllGroups()`. */
export interface HubRemoveUserFromAllGroupsOptions extends OperationOptions {}

/** Options for `removeConnectionFromAllGroups()`. */
export interface HubRemoveConnectionFromAllGroupsOptions extends OperationOptions {}

/** Options for `sendToAll()`. */
export interface HubSendToAllOptions extends FilteredSendOptions {
  /** Ids of the connections that do not receive the message. */
  excludedConnections?: readonly string[];
}

/** Options for `sendToAll()` with plain text. */
export interface HubSendTextToAllOptions extends HubSendToAllOptions, TextContent {}

/** Options for `sendToUser()`. */
export interface HubSendToUserOptions extends FilteredSendOptions {}

/** Options for `sendToUser()` with plain text. */
export interface HubSendTextToUserOptions extends HubSendToUserOptions, TextContent {}

/** Options for `sendToConnection()`. */
export interface HubSendToConnectionOptions extends SendOptions {}

/** Options for `sendToConnection()` with plain text. */
export interface HubSendTextToConnectionOptions extends HubSendToConnectionOptions, TextContent {}

/** Options for `grantPermission()`. */
export interface HubGrantPermissionOptions extends PermissionOptions {}

/** Options for `revokePermission()`. */
export interface HubRevokePermissionOptions extends PermissionOptions {}

/** Options for `hasPermission()`. */
export interface HubHasPermissionOptions extends PermissionOptions {}

/** A value of a query parameter. */
type QueryValue = string | number | boolean;

/** A request to the service for which there is no method. */
export interface ServiceRequest {
  /** The HTTP method. */
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the endpoint, `/api/hubs/chat/…`, optionally with a query. Names in it must be percent-encoded. */
  path: string;
  /**
   * Query parameters, not encoded. A list repeats the parameter; `null` and `undefined` leave it out. `api-version`
   * is added unless it is given.
   */
  query?: Record<string, QueryValue | readonly QueryValue[] | null | undefined>;
  /** The headers, including `Content-Type`. */
  headers?: Record<string, string>;
  /** The body. */
  body?: string | BinaryMessage | null;
}

/** Options for `sendRequest()`. */
export interface SendRequestOptions extends OperationOptions {}

/** Options for `getServiceStatus()`. */
export interface GetServiceStatusOptions extends OperationOptions {}
