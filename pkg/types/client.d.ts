/**
 * The client of a hub.
 *
 * In here: `WebPubSubServiceClient`. Not in here: its options (`client-options.d.ts`, `options.d.ts`).
 */
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
  HubSendTextToAllOptions,
  HubSendTextToConnectionOptions,
  HubSendTextToUserOptions,
  HubSendToAllOptions,
  HubSendToConnectionOptions,
  HubSendToUserOptions,
  Permission,
  SendRequestOptions,
  ServiceRequest,
} from "./client-options.js";
import type { KeyCredential, TokenCredential } from "./credentials.js";
import type { GroupAddConnectionOptions, GroupRemoveConnectionOptions, WebPubSubGroup } from "./group.js";
import type { BinaryContent, BinaryMessage, JsonContent, JSONTypes } from "./messages.js";
import type { RetryOptions, WebPubSubServiceClientOptions } from "./options.js";
import type { DisposableLike, HostResponse } from "./platform.js";
import type { ClientTokenOptions, ClientTokenResponse, GenerateClientTokenOptions } from "./tokens.js";

export interface WebPubSubServiceClient extends DisposableLike {}

/**
 * The client of one hub of Azure Web PubSub: sends messages, manages groups, connections, users and permissions,
 * and gives out the URLs that clients connect with.
 *
 * One client serves any number of requests, and keeps nothing of one that another could wait for. It need not be
 * closed; at the end of a `using` block it gives back its memory at once.
 *
 * Bad input is a TypeError or a RangeError with a stable `code`, before anything is sent: a name that is empty, too
 * long, `.` or `..` (`InvalidHub`, `InvalidGroup`, `InvalidUserId`, `InvalidConnectionId`), for example. What the
 * service refuses, and what does not reach it, is a {@link RestError}; an abort is an `Error` with the name
 * `AbortError`. Methods reject with these; the constructor, `group` and `getClientAccessTokenSync` throw them.
 *
 * @example
 * ```ts
 * const service = new WebPubSubServiceClient(env.WEB_PUBSUB_CONNECTION_STRING, "chat");
 * await service.sendToAll({ text: "hello" });
 * const { url } = await service.getClientAccessToken({ userId: "alice", roles: [roles.joinLeaveGroup("room")] });
 * ```
 */
export declare class WebPubSubServiceClient {
  /** The name of the hub. */
  readonly hubName: string;
  /** The REST API version that is asked for. */
  readonly apiVersion: string;
  /** The URL of the service, with `/` at its end. */
  readonly endpoint: string;

  /**
   * @param connectionString - From Keys in the portal: `Endpoint=…;AccessKey=…;Version=1.0;`.
   * @param hubName - 1 to 128 characters: a letter, then letters, digits, `_`, `` ` ``, `,`, `.`, `[`, `]`.
   * @throws TypeError with the code `InvalidConnectionString` or `InvalidHub`.
   *
   * @example
   * ```ts
   * const service = new WebPubSubServiceClient(env.WEB_PUBSUB_CONNECTION_STRING, "chat");
   * ```
   */
  constructor(connectionString: string, hubName: string, options?: WebPubSubServiceClientOptions);
  /**
   * @param endpoint - The URL of the service: `https://contoso.webpubsub.azure.com`.
   * @param credential - An access key, or anything that gives tokens of Microsoft Entra ID.
   * @param hubName - 1 to 128 characters: a letter, then letters, digits, `_`, `` ` ``, `,`, `.`, `[`, `]`.
   * @throws TypeError with the code `InvalidEndpoint`, `InvalidCredential` or `InvalidHub`.
   *
   * @example
   * ```ts
   * const credential = new AzureKeyCredential(env.ACCESS_KEY);
   * const service = new WebPubSubServiceClient("https://contoso.webpubsub.azure.com", credential, "chat");
   * ```
   */
  constructor(
    endpoint: string,
    credential: KeyCredential | TokenCredential,
    hubName: string,
    options?: WebPubSubServiceClientOptions,
  );

  /**
   * One group of the hub. Asks the service nothing.
   *
   * @param groupName - 1 to 1024 characters, not only blanks. Never `.` or `..`. A `/` is sent encoded, and the
   *   service does not find such a group.
   * @throws TypeError with the code `InvalidGroup`.
   */
  group(groupName: string): WebPubSubGroup;

  /**
   * Sends text to every connection of the hub.
   *
   * @param message - The text, up to 1 MB.
   *
   * @example
   * ```ts
   * await service.sendToAll("hello", { contentType: "text/plain", excludedConnections: [connectionId] });
   * ```
   */
  sendToAll(message: string, options: HubSendTextToAllOptions): Promise<void>;
  /**
   * Sends JSON to every connection of the hub.
   *
   * @param message - What `JSON.stringify` takes, up to 1 MB. A string becomes a JSON string, in quotes, unless
   *   `contentType` is `"text/plain"`.
   *
   * @example
   * ```ts
   * await service.sendToAll({ text: "hello" }, { filter: odata`userId ne ${userId}` });
   * ```
   */
  sendToAll(message: JSONTypes | null, options?: HubSendToAllOptions & JsonContent): Promise<void>;
  /**
   * Sends bytes to every connection of the hub.
   *
   * @param message - The bytes, up to 1 MB; a string only if `contentType` says so.
   */
  sendToAll(message: BinaryMessage | string, options?: HubSendToAllOptions & BinaryContent): Promise<void>;

  /**
   * Sends text to every connection of a user. No error if there is none.
   *
   * @param username - The user id.
   * @param message - The text, up to 1 MB.
   */
  sendToUser(username: string, message: string, options: HubSendTextToUserOptions): Promise<void>;
  /**
   * Sends JSON to every connection of a user. No error if there is none.
   *
   * @param username - The user id.
   * @param message - What `JSON.stringify` takes, up to 1 MB. A string becomes a JSON string, in quotes, unless
   *   `contentType` is `"text/plain"`.
   */
  sendToUser(
    username: string,
    message: JSONTypes | null,
    options?: HubSendToUserOptions & JsonContent,
  ): Promise<void>;
  /**
   * Sends bytes to every connection of a user. No error if there is none.
   *
   * @param username - The user id.
   * @param message - The bytes, up to 1 MB; a string only if `contentType` says so.
   */
  sendToUser(
    username: string,
    message: BinaryMessage | string,
    options?: HubSendToUserOptions & BinaryContent,
  ): Promise<void>;
  /** Sends text or JSON to every connection of a user, as the options say. */
  sendToUser(
    username: string,
    message: string,
    options?: HubSendToUserOptions | HubSendTextToUserOptions,
  ): Promise<void>;

  /**
   * Sends text to one connection. No error if it does not exist.
   *
   * @param message - The text, up to 1 MB.
   */
  sendToConnection(
    connectionId: string,
    message: string,
    options: HubSendTextToConnectionOptions,
  ): Promise<void>;
  /**
   * Sends JSON to one connection. No error if it does not exist.
   *
   * @param message - What `JSON.stringify` takes, up to 1 MB. A string becomes a JSON string, in quotes, unless
   *   `contentType` is `"text/plain"`.
   */
  sendToConnection(
    connectionId: string,
    message: JSONTypes | null,
    options?: HubSendToConnectionOptions & JsonContent,
  ): Promise<void>;
  /**
   * Sends bytes to one connection. No error if it does not exist.
   *
   * @param message - The bytes, up to 1 MB; a string only if `contentType` says so.
   */
  sendToConnection(
    connectionId: string,
    message: BinaryMessage | string,
    options?: HubSendToConnectionOptions & BinaryContent,
  ): Promise<void>;
  /** Sends text or JSON to one connection, as the options say. */
  sendToConnection(
    connectionId: string,
    message: string,
    options?: HubSendToConnectionOptions | HubSendTextToConnectionOptions,
  ): Promise<void>;

  /** Whether the connection is there. */
  connectionExists(connectionId: string, options?: HasConnectionOptions): Promise<boolean>;

  /** Closes a connection. No error if it does not exist. */
  closeConnection(connectionId: string, options?: HubCloseConnectionOptions): Promise<void>;

  /** Closes every connection of the hub, except the excluded ones. */
  closeAllConnections(options?: HubCloseAllConnectionsOptions): Promise<void>;

  /** Closes every connection of a user, except the excluded ones. No error if there is none. */
  closeUserConnections(userId: string, options?: HubCloseUserConnectionsOptions): Promise<void>;

  /** Takes every connection of a user out of every group. No error if there is none. */
  removeUserFromAllGroups(userId: string, options?: HubRemoveUserFromAllGroupsOptions): Promise<void>;

  /** Takes a connection out of every group. No error if it does not exist. */
  removeConnectionFromAllGroups(
    connectionId: string,
    options?: HubRemoveConnectionFromAllGroupsOptions,
  ): Promise<void>;

  /**
   * Puts every connection that the filter is true for into each of the groups.
   *
   * @param groups - At least one.
   * @param filter - An OData expression, best written with {@link odata}. An empty one means **every** connection
   *   of the hub.
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
  ): Promise<void>;

  /**
   * Takes every connection that the filter is true for out of each of the groups.
   *
   * @param groups - At least one.
   * @param filter - An OData expression, best written with {@link odata}. An empty one means **every** connection
   *   of the hub.
   */
  removeConnectionsFromGroups(
    groups: readonly string[],
    filter: string,
    options?: GroupRemoveConnectionOptions,
  ): Promise<void>;

  /** Whether there is a connection in the group. */
  groupExists(groupName: string, options?: HubHasGroupOptions): Promise<boolean>;

  /** Whether the user has a connection. */
  userExists(username: string, options?: HubHasUserOptions): Promise<boolean>;

  /**
   * Grants a permission to a connection, for as long as it lives.
   *
   * @throws RestError of the kind `NotFound` if there is no such connection.
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
  ): Promise<void>;

  /** Revokes a permission of a connection; it stays in its groups. No error if it does not exist. */
  revokePermission(
    connectionId: string,
    permission: Permission,
    options?: HubRevokePermissionOptions,
  ): Promise<void>;

  /** Whether a connection has a permission; `false` also if it does not exist. */
  hasPermission(
    connectionId: string,
    permission: Permission,
    options?: HubHasPermissionOptions,
  ): Promise<boolean>;

  /**
   * A URL that a client can connect with. Made here, without asking the service, if the credential is an access
   * key; otherwise the service makes the token.
   *
   * @throws RangeError with the code `InvalidExpiration` if the lifetime is less than a second.
   *
   * @example
   * ```ts
   * const { url } = await service.getClientAccessToken({ userId: "alice", expirationTimeInMinutes: 5 });
   * new WebSocket(url, "json.webpubsub.azure.v1");
   * ```
   */
  getClientAccessToken(options?: GenerateClientTokenOptions): Promise<ClientTokenResponse>;

  /**
   * The same without a promise, if the credential is an access key.
   *
   * @throws TypeError with the code `CredentialCannotSign` if it is not.
   */
  getClientAccessTokenSync(options?: ClientTokenOptions): ClientTokenResponse;

  /**
   * Asks whether the service is healthy. Resolves if it is.
   *
   * @throws RestError if it is not, or cannot be reached.
   */
  getServiceStatus(options?: GetServiceStatusOptions): Promise<void>;

  /**
   * Sends a signed request for which there is no method, and gives its response, whatever the status.
   *
   * A POST is repeated as a send is, the other methods always: see {@link RetryOptions}.
   *
   * @throws TypeError with the code `InvalidPath` or `InvalidMethod`.
   *
   * @example
   * ```ts
   * const response = await service.sendRequest({ method: "HEAD", path: "/api/hubs/chat/groups/room" });
   * console.log(response.status);
   * ```
   */
  sendRequest(request: ServiceRequest, options?: SendRequestOptions): Promise<HostResponse>;
}
