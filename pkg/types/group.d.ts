/**
 * One group of a hub.
 *
 * In here: what `service.group(name)` gives, its options and its pages. Not in here: what concerns several groups
 * (`client.d.ts`).
 */
import type {
  BinaryContent,
  BinaryMessage,
  FilteredSendOptions,
  JsonContent,
  JSONTypes,
} from "./messages.js";
import type { CommonClientOptions, OperationOptions } from "./options.js";

/** What the client of a group could be made with; groups have the options of the client they come from. */
export interface GroupAdminClientOptions extends CommonClientOptions {}

/** What `addConnection` and `addConnectionsToGroups` take. */
export interface GroupAddConnectionOptions extends OperationOptions {}

/** What `removeConnection` and `removeConnectionsFromGroups` take. */
export interface GroupRemoveConnectionOptions extends OperationOptions {}

/** What `addUser` takes. */
export interface GroupAddUserOptions extends OperationOptions {}

/** What `removeUser` takes. */
export interface GroupRemoveUserOptions extends OperationOptions {}

/** What a check for a user in a group takes. */
export interface GroupHasUserOptions extends OperationOptions {}

/** What a send to a group takes. */
export interface GroupSendToAllOptions extends FilteredSendOptions {
  /** Connections that do not get the message, by their ids. */
  excludedConnections?: readonly string[];
}

/** What a send of text to a group takes. */
export interface GroupSendTextToAllOptions extends GroupSendToAllOptions {
  /** Clients get the message as plain text. */
  contentType: "text/plain";
}

/** What closing the connections of a group takes. */
export interface GroupCloseAllConnectionsOptions extends OperationOptions {
  /** Why; the clients are told. */
  reason?: string;
  /** Connections that stay, by their ids. */
  excludedConnections?: readonly string[];
}

/** What listing a group takes. */
export interface GroupListConnectionsOptions extends OperationOptions {
  /** How many connections a page holds at most: an integer from 1 to 200, RangeError otherwise. */
  maxPageSize?: number;
  /** How many connections to list in all; every one by default. An integer from 1 on, RangeError otherwise. */
  top?: number;
  /** Where to go on: the `continuationToken` of a page. */
  continuationToken?: string;
}

/** A connection in a group. */
export interface WebPubSubGroupMember {
  /** The id of the connection. */
  connectionId: string;
  /** The user that it belongs to; absent if it is anonymous. A user can have several connections. */
  userId?: string;
}

/** One page of a list. */
export interface WebPubSubGroupMemberPage extends Array<WebPubSubGroupMember> {
  /** Where the next page begins; absent on the last. Its content is the service's own affair. */
  readonly continuationToken?: string;
}

/** How `byPage` goes on. */
export interface PageSettings {
  /** Where to begin: the `continuationToken` of a page. */
  continuationToken?: string;
  /** How many elements a page holds at most. */
  maxPageSize?: number;
}

/** A list that comes in pages, to be taken one by one (`for await`) or page by page (`byPage`). */
export interface PagedAsyncIterableIterator<TElement, TPage = TElement[], TPageSettings = PageSettings> {
  /** The next element; asks the service for the next page when one is used up. */
  next(): Promise<IteratorResult<TElement>>;
  /** The iterator itself. */
  [Symbol.asyncIterator](): PagedAsyncIterableIterator<TElement, TPage, TPageSettings>;
  /** The pages instead of the elements. */
  byPage: (settings?: TPageSettings) => AsyncIterableIterator<TPage>;
}

/** The connections of a group, page by page as the service gives them. Nothing is asked before the first `next()`. */
export type WebPubSubGroupMemberList = PagedAsyncIterableIterator<
  WebPubSubGroupMember,
  WebPubSubGroupMemberPage
>;

/**
 * One group of a hub: sends to it, and says who is in it. Made by `service.group(name)`.
 *
 * A group exists as long as a connection is in it; there is no creating and no deleting.
 *
 * @example
 * ```ts
 * const room = service.group("room");
 * await room.addUser("alice");
 * await room.sendToAll({ text: "hello" }, { filter: odata`userId ne ${"alice"}` });
 * for await (const { connectionId, userId } of room.listConnections()) console.log(connectionId, userId);
 * ```
 */
export interface WebPubSubGroup {
  /** The name of the group. */
  readonly groupName: string;
  /** The hub that it belongs to. */
  readonly hubName: string;
  /** The REST API version that is asked for. */
  readonly apiVersion: string;
  /** The URL of the service, with `/` at its end. */
  readonly endpoint: string;

  /**
   * Puts a connection into the group.
   *
   * @throws RestError of the kind `NotFound` if there is no such connection.
   */
  addConnection(connectionId: string, options?: GroupAddConnectionOptions): Promise<void>;

  /** Takes a connection out of the group. No error if it is not in it, or does not exist. */
  removeConnection(connectionId: string, options?: GroupRemoveConnectionOptions): Promise<void>;

  /** Closes every connection in the group, except the excluded ones. */
  closeAllConnections(options?: GroupCloseAllConnectionsOptions): Promise<void>;

  /**
   * Puts every connection that a user has now into the group; not those to come.
   *
   * @throws RestError of the kind `NotFound` if the user has no connection.
   */
  addUser(username: string, options?: GroupAddUserOptions): Promise<void>;

  /** Takes every connection of a user out of the group. No error if there is none. */
  removeUser(username: string, options?: GroupRemoveUserOptions): Promise<void>;

  /**
   * Sends text to every connection in the group. No error if nobody is in it.
   *
   * @param message - The text, up to 1 MB.
   */
  sendToAll(message: string, options: GroupSendTextToAllOptions): Promise<void>;
  /**
   * Sends JSON to every connection in the group. No error if nobody is in it.
   *
   * @param message - What `JSON.stringify` takes, up to 1 MB. A string becomes a JSON string, in quotes, unless
   *   `contentType` is `"text/plain"`.
   */
  sendToAll(message: JSONTypes | null, options?: GroupSendToAllOptions & JsonContent): Promise<void>;
  /**
   * Sends bytes to every connection in the group. No error if nobody is in it.
   *
   * @param message - The bytes, up to 1 MB; a string only if `contentType` says so.
   */
  sendToAll(message: BinaryMessage | string, options?: GroupSendToAllOptions & BinaryContent): Promise<void>;

  /**
   * Lists the connections in the group; none if it is empty or unknown.
   *
   * The result can be iterated at once, or awaited first.
   */
  listConnections(
    options?: GroupListConnectionsOptions,
  ): WebPubSubGroupMemberList & Promise<WebPubSubGroupMemberList>;
}
