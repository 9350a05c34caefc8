/**
 * The options of the client's operations on a hub, its users and its connections.
 *
 * In here: one interface per operation. Not in here: what all of them share (`options.d.ts`, `messages.d.ts`).
 */
import type { BinaryMessage, FilteredSendOptions, SendOptions } from "./messages.js";
import type { OperationOptions } from "./options.js";

/** What a connection may be granted: to join and leave a group, or to send to it. */
export type Permission = "joinLeaveGroup" | "sendToGroup";

/** What closing connections takes. */
interface CloseOptions extends OperationOptions {
  /** Why; the clients are told. */
  reason?: string;
}

/** What closing several connections takes. */
interface CloseManyOptions extends CloseOptions {
  /** Connections that stay, by their ids. */
  excludedConnections?: readonly string[];
}

/** What a permission is about. */
interface PermissionOptions extends OperationOptions {
  /** The name of the group that the permission is for; the service asks for it. Patterns are not taken. */
  targetName?: string;
}

/** What `closeConnection` takes. */
export interface HubCloseConnectionOptions extends CloseOptions {}

/** What `closeAllConnections` takes. */
export interface HubCloseAllConnectionsOptions extends CloseManyOptions {}

/** What `closeUserConnections` takes. */
export interface HubCloseUserConnectionsOptions extends CloseManyOptions {}

/** What `connectionExists` takes. */
export interface HasConnectionOptions extends OperationOptions {}

/** What `groupExists` takes. */
export interface HubHasGroupOptions extends OperationOptions {}

/** What `userExists` takes. */
export interface HubHasUserOptions extends OperationOptions {}

/** What `removeUserFromAllGroups` takes. */
export interface HubRemoveUserFromAllGroupsOptions extends OperationOptions {
  /** @deprecated The operation has no reason; it is not sent. */
  reason?: string;
}

/** What `removeConnectionFromAllGroups` takes. */
export interface HubRemoveConnectionFromAllGroupsOptions extends OperationOptions {
  /** @deprecated The operation has no reason; it is not sent. */
  reason?: string;
}

/** What `sendToAll` takes. */
export interface HubSendToAllOptions extends FilteredSendOptions {
  /** Connections that do not get the message, by their ids. */
  excludedConnections?: readonly string[];
}

/** What `sendToAll` takes for text. */
export interface HubSendTextToAllOptions extends HubSendToAllOptions {
  /** Clients get the message as plain text. */
  contentType: "text/plain";
}

/** What `sendToUser` takes. */
export interface HubSendToUserOptions extends FilteredSendOptions {}

/** What `sendToUser` takes for text. */
export interface HubSendTextToUserOptions extends HubSendToUserOptions {
  /** The client gets the message as plain text. */
  contentType: "text/plain";
}

/** What `sendToConnection` takes. */
export interface HubSendToConnectionOptions extends SendOptions {}

/** What `sendToConnection` takes for text. */
export interface HubSendTextToConnectionOptions extends HubSendToConnectionOptions {
  /** The client gets the message as plain text. */
  contentType: "text/plain";
}

/** What `grantPermission` takes. */
export interface HubGrantPermissionOptions extends PermissionOptions {}

/** What `revokePermission` takes. */
export interface HubRevokePermissionOptions extends PermissionOptions {}

/** What `hasPermission` takes. */
export interface HubHasPermissionOptions extends PermissionOptions {}

/** A request to the service that no method makes. */
export interface ServiceRequest {
  /** The HTTP method. */
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Where to, below the endpoint: `/api/hubs/chat/…`, also with a query. Names in it must be encoded already. */
  path: string;
  /** The query, not encoded yet. Lists repeat the name; `api-version` is added unless it is here. */
  query?: Record<
    string,
    string | number | boolean | readonly (string | number | boolean)[] | null | undefined
  >;
  /** The headers, `Content-Type` among them. */
  headers?: Record<string, string>;
  /** The body. */
  body?: string | BinaryMessage | null;
}

/** What `sendRequest` takes beside the request. */
export interface SendRequestOptions extends OperationOptions {}

/** What `getServiceStatus` takes. */
export interface GetServiceStatusOptions extends OperationOptions {}

export {};
