/**
 * The client of a hub.
 *
 * Not in here: the options of its methods (`client-options.ts`), the groups (`group.ts`), how an operation is called
 * (`operations.ts`).
 */
import { access, accessSync } from "./access.js";
import type {
  GetServiceStatusOptions,
  HasConnectionOptions,
  HubCloseAllConnectionsOptions,
  HubCloseConnectionOptions,
  HubCloseUserConnectionsOptions,
  HubGrantPermissionOptions,
  HubHasGroupOptions,
  HubHasPermissionOptions,
  HubHasUserOptions,
  HubRemoveConnectionFromAllGroupsOptions,
  HubRemoveUserFromAllGroupsOptions,
  HubRevokePermissionOptions,
  HubSendTextToConnectionOptions,
  HubSendTextToUserOptions,
  HubSendToAllOptions,
  HubSendToConnectionOptions,
  HubSendToUserOptions,
  Permission,
  SendRequestOptions,
  ServiceRequest,
} from "./client-options.js";
import { Parameter } from "./core.js";
import type { KeyCredential, TokenCredential } from "./credentials.js";
import type { GroupAddConnectionOptions, GroupRemoveConnectionOptions } from "./group-options.js";
import { WebPubSubGroup } from "./group.js";
import type { BinaryContent, BinaryMessage, JSONTypes, JsonContent, StringContent } from "./messages.js";
import { Rest, run } from "./operations.js";
import type { RetryOptions, WebPubSubServiceClientOptions } from "./options.js";
import { sendOwn } from "./own-request.js";
import type { DisposableLike, HostResponse } from "./platform.js";
import { type Service, serviceOf } from "./service.js";
import type { ClientTokenOptions, ClientTokenResponse, GenerateClientTokenOptions } from "./tokens.js";

export interface WebPubSubServiceClient extends DisposableLike {}

/**
 * The client of one hub of Azure Web PubSub: sends messages, manages groups, connections, users and permissions,
 * and issues the URLs that clients connect to.
 *
 * One client serves any number of requests, and caches nothing that belongs to one of them. It need not be closed;
 * disposing of it (`using`) does nothing.
 *
 * Invalid input is a TypeError or a RangeError with a stable `code`, before any request: for example a name that is
 * empty, too long, `.` or `..` (`InvalidHub`, `InvalidGroup`, `InvalidUserId`, `InvalidConnectionId`). A request that
 * the service rejects, or that does not reach it, is a {@link RestError}; an abort is an `Error` with the name
 * `AbortError`. Methods reject with these; the constructor, `group` and `getClientAccessTokenSync` throw them.
 *
 * @example
 * ```ts
 * const service = new WebPubSubServiceClient(env.WEB_PUBSUB_CONNECTION_STRING, "chat");
 * await service.sendToAll({ text: "hello" });
 * const { url } = await service.getClientAccessToken({ userId: "alice", roles: [roles.joinLeaveGroup("room")] });
 * ```
 */
export class WebPubSubServiceClient {
  /** The name of the hub. */
  declare readonly hubName: string;
  /** The REST API version of requests. */
  declare readonly apiVersion: string;
  /** The URL of the service, ending with `/`. */
  declare readonly endpoint: string;

  #service: Service;

  /**
   * @param connectionString - From Keys in the portal: `Endpoint=…;AccessKey=…;Version=1.0;`.
   * @param hubName - 1 to 128 characters: a letter, then letters, digits, `_`, `` ` ``, `,`, `.`, `[`, `]`.
   * @throws TypeError with the code `InvalidConnectionString` or `InvalidHub`.
   */
  constructor(connectionString: string, hubName: string, options?: WebPubSubServiceClientOptions);
  /**
   * @param endpoint - The URL of the service: `https://contoso.webpubsub.azure.com`.
   * @param credential - An access key, or a source of Microsoft Entra ID tokens.
   * @param hubName - 1 to 128 characters: a letter, then letters, digits, `_`, `` ` ``, `,`, `.`, `[`, `]`.
   * @throws TypeError with the code `InvalidEndpoint`, `InvalidCredential` or `InvalidHub`.
   */
  constructor(
    endpoint: string,
    credential: KeyCredential | TokenCredential,
    hubName: string,
    options?: WebPubSubServiceClientOptions,
  );
  constructor(target: unknown, ...rest: unknown[]) {
    this.#service = serviceOf(target, rest);
    Object.defineProperties(this, {
      ...this.#service.properties,
      [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: { value() {} },
    });
  }

  /**
   * Returns one group of the hub. Makes no request.
   *
   * @param groupName - 1 to 1024 characters, not only blanks. Never `.` or `..`. A `/` is sent encoded, and the
   *   service does not find such a group.
   * @throws TypeError with the code `InvalidGroup`.
   */
  group(groupName: string): WebPubSubGroup {
    return new WebPubSubGroup(this.#service, groupName);
  }

  /**
   * Sends a string to every connection of the hub.
   *
   * @param message - The string, up to 1 MB; as text, its bytes or a JSON string, by `contentType`.
   *
   * @example
   * ```ts
   * await service.sendToAll("hello", { contentType: "text/plain", excludedConnections: [connectionId] });
   * ```
   */
  sendToAll(message: string, options: HubSendToAllOptions & StringContent): Promise<void>;
  /** Sends bytes to every connection of the hub, up to 1 MB. */
  sendToAll(message: BinaryMessage, options?: HubSendToAllOptions & BinaryContent): Promise<void>;
  /**
   * Sends JSON to every connection of the hub.
   *
   * @param message - A value that `JSON.stringify` accepts, up to 1 MB; a string becomes a JSON string, in quotes. A
   *   received user event (`req`) is sent as it came: as text, JSON or bytes.
   *
   * @example
   * ```ts
   * await service.sendToAll({ text: "hello" }, { filter: odata`userId ne ${userId}` });
   * ```
   */
  sendToAll(message: JSONTypes | null, options?: HubSendToAllOptions & JsonContent): Promise<void>;
  /** Sends bytes, or a string as the bytes of its UTF-8, to every connection of the hub. */
  sendToAll(
    message: BinaryMessage | string,
    options: HubSendToAllOptions & { contentType: "application/octet-stream" },
  ): Promise<void>;
  sendToAll(message: unknown, options?: HubSendToAllOptions): Promise<void> {
    return run(this.#service, Rest.SendToAll, {}, options, { message });
  }

  /**
   * Sends a string, up to 1 MB, to every connection of a user: as text, its bytes or a JSON string, by `contentType`.
   * No error if the user has no connection.
   */
  sendToUser(username: string, message: string, options: HubSendToUserOptions & StringContent): Promise<void>;
  /** Sends bytes to every connection of a user, up to 1 MB. No error if the user has no connection. */
  sendToUser(
    username: string,
    message: BinaryMessage,
    options?: HubSendToUserOptions & BinaryContent,
  ): Promise<void>;
  /**
   * Sends JSON to every connection of a user. No error if the user has no connection.
   *
   * @param username - The user id.
   * @param message - A value that `JSON.stringify` accepts, up to 1 MB; a string becomes a JSON string, in quotes. A
   *   received user event (`req`) is sent as it came: as text, JSON or bytes.
   */
  sendToUser(
    username: string,
    message: JSONTypes | null,
    options?: HubSendToUserOptions & JsonContent,
  ): Promise<void>;
  /** Sends bytes, or a string as the bytes of its UTF-8, to every connection of a user. */
  sendToUser(
    username: string,
    message: BinaryMessage | string,
    options: HubSendToUserOptions & { contentType: "application/octet-stream" },
  ): Promise<void>;
  /** Sends text or JSON to every connection of a user, depending on the options. */
  sendToUser(
    username: string,
    message: string,
    options?: HubSendToUserOptions | HubSendTextToUserOptions,
  ): Promise<void>;
  sendToUser(username: string, message: unknown, options?: HubSendToUserOptions): Promise<void> {
    return run(this.#service, Rest.SendToUser, { [Parameter.UserId]: username }, options, { message });
  }

  /**
   * Sends a string, up to 1 MB, to one connection: as text, its bytes or a JSON string, by `contentType`. No error if it
   * does not exist.
   */
  sendToConnection(
    connectionId: string,
    message: string,
    options: HubSendToConnectionOptions & StringContent,
  ): Promise<void>;
  /** Sends bytes to one connection, up to 1 MB. No error if it does not exist. */
  sendToConnection(
    connectionId: string,
    message: BinaryMessage,
    options?: HubSendToConnectionOptions & BinaryContent,
  ): Promise<void>;
  /**
   * Sends JSON to one connection. No error if it does not exist.
   *
   * @param message - A value that `JSON.stringify` accepts, up to 1 MB; a string becomes a JSON string, in quotes. A
   *   received user event (`req`) is sent as it came: as text, JSON or bytes.
   */
  sendToConnection(
    connectionId: string,
    message: JSONTypes | null,
    options?: HubSendToConnectionOptions & JsonContent,
  ): Promise<void>;
  /** Sends bytes, or a string as the bytes of its UTF-8, to one connection. */
  sendToConnection(
    connectionId: string,
    message: BinaryMessage | string,
    options: HubSendToConnectionOptions & { contentType: "application/octet-stream" },
  ): Promise<void>;
  /** Sends text or JSON to one connection, depending on the options. */
  sendToConnection(
    connectionId: string,
    message: string,
    options?: HubSendToConnectionOptions | HubSendTextToConnectionOptions,
  ): Promise<void>;
  sendToConnection(
    connectionId: string,
    message: unknown,
    options?: HubSendToConnectionOptions,
  ): Promise<void> {
    const names = { [Parameter.ConnectionId]: connectionId };
    return run(this.#service, Rest.SendToConnection, names, options, { message });
  }

  /** Whether the connection exists. */
  connectionExists(connectionId: string, options?: HasConnectionOptions): Promise<boolean> {
    return run(this.#service, Rest.ConnectionExists, { [Parameter.ConnectionId]: connectionId }, options);
  }

  /** Closes a connection. No error if it does not exist. */
  closeConnection(connectionId: string, options?: HubCloseConnectionOptions): Promise<void> {
    return run(this.#service, Rest.CloseConnection, { [Parameter.ConnectionId]: connectionId }, options);
  }

  /** Closes every connection of the hub, except the excluded ones. */
  closeAllConnections(options?: HubCloseAllConnectionsOptions): Promise<void> {
    return run(this.#service, Rest.CloseAllConnections, {}, options);
  }

  /** Closes every connection of a user, except the excluded ones. No error if the user has no connection. */
  closeUserConnections(userId: string, options?: HubCloseUserConnectionsOptions): Promise<void> {
    return run(this.#service, Rest.CloseUserConnections, { [Parameter.UserId]: userId }, options);
  }

  /** Removes every connection of a user from every group. No error if the user has no connection. */
  removeUserFromAllGroups(userId: string, options?: HubRemoveUserFromAllGroupsOptions): Promise<void> {
    return run(this.#service, Rest.RemoveUserFromAllGroups, { [Parameter.UserId]: userId }, options);
  }

  /** Removes a connection from every group. No error if it does not exist. */
  removeConnectionFromAllGroups(
    connectionId: string,
    options?: HubRemoveConnectionFromAllGroupsOptions,
  ): Promise<void> {
    const names = { [Parameter.ConnectionId]: connectionId };
    return run(this.#service, Rest.RemoveConnectionFromAllGroups, names, options);
  }

  /**
   * Adds every connection for which the filter is true to each of the groups.
   *
   * @param groups - At least one group.
   * @param filter - An OData expression, best written with {@link odata}. `connectionId ne ''` is true for every
   *   connection of the hub; a missing or blank one is a TypeError.
   *
   * @example
   * ```ts
   * await service.addConnectionsToGroups(["room", "lobby"], odata`userId in ${["alice", "bob"]}`);
   * ```
   */
  addConnectionsToGroups(
    groups: readonly string[],
    filter: string,
    options?: GroupAddConnectionOptions,
  ): Promise<void> {
    const names = { [Parameter.Groups]: groups, [Parameter.Filter]: filter };
    return run(this.#service, Rest.AddConnectionsToGroups, names, options);
  }

  /**
   * Removes every connection for which the filter is true from each of the groups.
   *
   * @param groups - At least one group.
   * @param filter - An OData expression, best written with {@link odata}. `connectionId ne ''` is true for every
   *   connection of the hub; a missing or blank one is a TypeError.
   */
  removeConnectionsFromGroups(
    groups: readonly string[],
    filter: string,
    options?: GroupRemoveConnectionOptions,
  ): Promise<void> {
    const names = { [Parameter.Groups]: groups, [Parameter.Filter]: filter };
    return run(this.#service, Rest.RemoveConnectionsFromGroups, names, options);
  }

  /** Whether the group has any connection. */
  groupExists(groupName: string, options?: HubHasGroupOptions): Promise<boolean> {
    return run(this.#service, Rest.GroupExists, { [Parameter.Group]: groupName }, options);
  }

  /** Whether the user has any connection. */
  userExists(username: string, options?: HubHasUserOptions): Promise<boolean> {
    return run(this.#service, Rest.UserExists, { [Parameter.UserId]: username }, options);
  }

  /**
   * Grants a permission to a connection, until the connection ends.
   *
   * @throws RestError of the kind `NotFound` if the connection does not exist.
   *
   * @example
   * ```ts
   * await service.grantPermission(connectionId, "sendToGroup", { targetName: "room" });
   * ```
   */
  grantPermission(
    connectionId: string,
    permission: Permission,
    options?: HubGrantPermissionOptions,
  ): Promise<void> {
    const names = { [Parameter.ConnectionId]: connectionId, [Parameter.Permission]: permission };
    return run(this.#service, Rest.GrantPermission, names, options);
  }

  /** Revokes a permission of a connection, which stays in its groups. No error if it does not exist. */
  revokePermission(
    connectionId: string,
    permission: Permission,
    options?: HubRevokePermissionOptions,
  ): Promise<void> {
    const names = { [Parameter.ConnectionId]: connectionId, [Parameter.Permission]: permission };
    return run(this.#service, Rest.RevokePermission, names, options);
  }

  /** Whether a connection has a permission; `false` also if the connection does not exist. */
  hasPermission(
    connectionId: string,
    permission: Permission,
    options?: HubHasPermissionOptions,
  ): Promise<boolean> {
    const names = { [Parameter.ConnectionId]: connectionId, [Parameter.Permission]: permission };
    return run(this.#service, Rest.HasPermission, names, options);
  }

  /**
   * Returns a URL that a client can connect to. The token is signed here, without a request, if the credential is an
   * access key; otherwise the service issues it.
   *
   * @throws RangeError with the code `InvalidExpiration` if the lifetime is less than a second.
   *
   * @example
   * ```ts
   * const { url } = await service.getClientAccessToken({ userId: "alice", expirationTimeInMinutes: 5 });
   * new WebSocket(url, "json.webpubsub.azure.v1");
   * ```
   */
  getClientAccessToken(options?: GenerateClientTokenOptions): Promise<ClientTokenResponse> {
    return access(this.#service, options);
  }

  /**
   * Returns a URL that a client can connect to, without a promise. Requires an access key.
   *
   * @throws TypeError with the code `CredentialCannotSign` if the credential is not an access key.
   */
  getClientAccessTokenSync(options?: ClientTokenOptions): ClientTokenResponse {
    return accessSync(this.#service, options);
  }

  /**
   * Checks the health of the service: resolves if it is healthy.
   *
   * @throws RestError if it is not, or cannot be reached.
   */
  getServiceStatus(options?: GetServiceStatusOptions): Promise<void> {
    return run(this.#service, Rest.GetServiceStatus, {}, options);
  }

  /**
   * Sends a signed request for which there is no method, and returns its response, whatever its status.
   *
   * POST and PATCH are retried like sends, all other methods like all other operations: see {@link RetryOptions}.
   *
   * @throws TypeError with the code `InvalidPath` or `InvalidMethod`.
   *
   * @example
   * ```ts
   * const response = await service.sendRequest({ method: "HEAD", path: "/api/hubs/chat/groups/room" });
   * console.log(response.status);
   * ```
   */
  sendRequest(request: ServiceRequest, options?: SendRequestOptions): Promise<HostResponse> {
    return sendOwn(this.#service, request, options);
  }
}
