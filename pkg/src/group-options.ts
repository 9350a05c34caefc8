/**
 * The options of the operations on a group.
 *
 * In here: one interface per operation. Not in here: the options that all of them share (`options.ts`,
 * `messages.ts`), and the pages of a list (`paging.ts`).
 */
import type { FilteredSendOptions, TextContent } from "./messages.js";
import type { CommonClientOptions, OperationOptions } from "./options.js";

/** Options for a client of a group. Unused: `service.group()` inherits the options of its client. */
export interface GroupAdminClientOptions extends CommonClientOptions {}

/** Options for `addConnection()` and `addConnectionsToGroups()`. */
export interface GroupAddConnectionOptions extends OperationOptions {}

/** Options for `removeConnection()` and `removeConnectionsFromGroups()`. */
export interface GroupRemoveConnectionOptions extends OperationOptions {}

/** Options for `addUser()`. */
export interface GroupAddUserOptions extends OperationOptions {}

/** Options for `removeUser()`. */
export interface GroupRemoveUserOptions extends OperationOptions {}

/** Options for the lookup of a user in a group. Unused: the service has no such operation. */
export interface GroupHasUserOptions extends OperationOptions {}

/** Options for `sendToAll()` of a group. */
export interface GroupSendToAllOptions extends FilteredSendOptions {
  /** Ids of the connections that do not receive the message. */
  excludedConnections?: readonly string[];
}

/** Options for `sendToAll()` of a group with plain text. */
export interface GroupSendTextToAllOptions extends GroupSendToAllOptions, TextContent {}

/** Options for `closeAllConnections()` of a group. */
export interface GroupCloseAllConnectionsOptions extends OperationOptions {
  /** Reason that the clients receive. */
  reason?: string;
  /** Ids of the connections that stay open. */
  excludedConnections?: readonly string[];
}

/** Options for `listConnections()`. */
export interface GroupListConnectionsOptions extends OperationOptions {
  /** Maximum number of connections per page: an integer from 1 to 200, RangeError otherwise. */
  maxPageSize?: number;
  /** Maximum number of connections in all: a positive integer, RangeError otherwise. Default: no limit. */
  top?: number;
  /**
   * Maximum time for all pages together, in milliseconds, counted from the first request. The list then throws a
   * {@link RestError} with the code `REQUEST_TIMEOUT`. Default: none; each page has the timeout of a call.
   */
  totalTimeoutInMs?: number;
  /** Position to start from: the `continuationToken` of a page. */
  continuationToken?: string;
}
