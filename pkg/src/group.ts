/**
 * One group of a hub.
 *
 * Not in here: the options of its methods (`group-options.ts`), operations on several groups (`client.ts`).
 */
import { text } from "./arguments.js";
import { Operation, Parameter, call, fields } from "./core.js";
import { argumentError } from "./errors.js";
import { callOptions, exchange, plan } from "./exchange.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import type {
  GroupAddConnectionOptions,
  GroupAddUserOptions,
  GroupCloseAllConnectionsOptions,
  GroupListConnectionsOptions,
  GroupRemoveConnectionOptions,
  GroupRemoveUserOptions,
  GroupSendToAllOptions,
} from "./group-options.js";
import type { BinaryContent, BinaryMessage, JSONTypes, JsonContent, StringContent } from "./messages.js";
import { Rest, planOperation, readParameters, run } from "./operations.js";
import { listing } from "./paging.js";
import type { Page, WebPubSubGroupMemberList } from "./paging.js";
import { Service } from "./service.js";

/**
 * One group of a hub: sends to it, and manages its members. Created by `service.group(name)`.
 *
 * A group exists as long as it has a connection; it is neither created nor deleted.
 *
 * @example
 * ```ts
 * const room = service.group("room");
 * await room.addUser("alice");
 * await room.sendToAll({ text: "hello" }, { filter: odata`userId ne ${"alice"}` });
 * for await (const { connectionId, userId } of room.listConnections()) console.log(connectionId, userId);
 * ```
 */
export class WebPubSubGroup {
  /** The name of the group. */
  declare readonly groupName: string;
  /** The hub of the group. */
  declare readonly hubName: string;
  /** The REST API version of requests. */
  declare readonly apiVersion: string;
  /** The URL of the service, ending with `/`. */
  declare readonly endpoint: string;

  #service: Service;

  /** @hidden Groups are created by `client.group(groupName)`. */
  constructor(service: unknown, groupName: string) {
    if (!(service instanceof Service)) {
      throw argumentError("Groups are created by client.group(groupName)", "InvalidGroup");
    }
    call(Operation.Check, ["group", text(groupName, "group name", "InvalidGroup")]);
    this.#service = service;
    Object.defineProperties(this, {
      groupName: { value: groupName, enumerable: true },
      ...service.properties,
    });
  }

  /**
   * Sends a string to every connection in the group. No error if it is empty.
   *
   * @param message - The string, up to 1 MB; as text, its bytes or a JSON string, by `contentType`.
   */
  sendToAll(message: string, options: GroupSendToAllOptions & StringContent): Promise<void>;
  /** Sends bytes to every connection in the group, up to 1 MB. No error if it is empty. */
  sendToAll(message: BinaryMessage, options?: GroupSendToAllOptions & BinaryContent): Promise<void>;
  /**
   * Sends JSON to every connection in the group. No error if it is empty.
   *
   * @param message - A value that `JSON.stringify` accepts, up to 1 MB; a string becomes a JSON string, in quotes. A
   *   received user event (`req`) is sent as it came: as text, JSON or bytes.
   */
  sendToAll(message: JSONTypes | null, options?: GroupSendToAllOptions & JsonContent): Promise<void>;
  /** Sends bytes, or a string as the bytes of its UTF-8, to every connection in the group. */
  sendToAll(
    message: BinaryMessage | string,
    options: GroupSendToAllOptions & { contentType: "application/octet-stream" },
  ): Promise<void>;
  sendToAll(message: unknown, options?: GroupSendToAllOptions): Promise<void> {
    return run(this.#service, Rest.SendToGroup, { [Parameter.Group]: this.groupName }, options, { message });
  }

  /**
   * Adds a connection to the group.
   *
   * @throws RestError of the kind `NotFound` if the connection does not exist.
   */
  addConnection(connectionId: string, options?: GroupAddConnectionOptions): Promise<void> {
    const names = { [Parameter.Group]: this.groupName, [Parameter.ConnectionId]: connectionId };
    return run(this.#service, Rest.AddConnectionToGroup, names, options);
  }

  /** Removes a connection from the group. No error if it is not a member, or does not exist. */
  removeConnection(connectionId: string, options?: GroupRemoveConnectionOptions): Promise<void> {
    const names = { [Parameter.Group]: this.groupName, [Parameter.ConnectionId]: connectionId };
    return run(this.#service, Rest.RemoveConnectionFromGroup, names, options);
  }

  /** Closes every connection in the group, except the excluded ones. */
  closeAllConnections(options?: GroupCloseAllConnectionsOptions): Promise<void> {
    return run(this.#service, Rest.CloseGroupConnections, { [Parameter.Group]: this.groupName }, options);
  }

  /**
   * Adds the current connections of a user to the group, but not its later ones.
   *
   * @throws RestError of the kind `NotFound` if the user has no connection.
   */
  addUser(username: string, options?: GroupAddUserOptions): Promise<void> {
    const names = { [Parameter.Group]: this.groupName, [Parameter.UserId]: username };
    return run(this.#service, Rest.AddUserToGroup, names, options);
  }

  /** Removes every connection of a user from the group. Succeeds if the user has no connection. */
  removeUser(username: string, options?: GroupRemoveUserOptions): Promise<void> {
    const names = { [Parameter.Group]: this.groupName, [Parameter.UserId]: username };
    return run(this.#service, Rest.RemoveUserFromGroup, names, options);
  }

  /**
   * Lists the connections in the group; none if it is empty or unknown.
   *
   * The result can be iterated at once, or awaited first.
   */
  listConnections(
    options?: GroupListConnectionsOptions,
  ): WebPubSubGroupMemberList & Promise<WebPubSubGroupMemberList> {
    return listing((link, first, time) => this.#page(link, first, time), options);
  }

  /** Requests the page behind a link, or the first one. */
  async #page(
    link: string | undefined,
    options: GroupListConnectionsOptions,
    time: number | undefined,
  ): Promise<Page> {
    const service = this.#service;
    const read = callOptions(options);
    // 0 means no limit.
    if (time !== undefined) read.timeout = Math.min(read.timeout || service.timeout || time, time);
    const names = { [Parameter.Group]: this.groupName };
    const planned =
      link === undefined
        ? planOperation(service, Rest.ListConnections, readParameters(names, options), read)
        : plan(service, Operation.Page, [link, ""], read);
    const body = parsed((await exchange(service, planned, read)).text);
    const items = (body as { value?: Page["items"] } | null | undefined)?.value;
    if (!Array.isArray(items) || !items.every((item) => typeof item?.connectionId === "string")) {
      throw failure(Failure.NotConnections);
    }
    const next = textMember(body, "nextLink");
    if (!next) return { items };
    const [, continuationToken] = fields<[string, string]>(Operation.ContinuationToken, [
      service.endpoint,
      next,
    ]);
    return { items, link: next, continuationToken };
  }
}
