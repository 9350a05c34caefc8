// The operations of vectors, by the names in the table of `src/core/operation.rs`, as calls of the package.

import { equal } from "../assert.js";

const shown = (value) => (value instanceof Error ? [value.code, value.message] : value);

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const CONTENT_TYPES = { text: "text/plain", bytes: "application/octet-stream" };

/** A message and its content type. */
const messageOf = (message) => {
  const [[type, value]] = Object.entries(message);
  return [type === "bytes" ? bytesOf(value) : value, CONTENT_TYPES[type] ?? "application/json"];
};

/** The pages of a list. */
const pagesOf = async (list) => {
  const pages = [];
  for await (const page of list.byPage()) {
    const { continuationToken } = page;
    pages.push({ connections: [...page], ...(continuationToken !== undefined && { continuationToken }) });
  }
  return pages;
};

const OPERATIONS = {
  getServiceStatus: (client, _, options) => client.getServiceStatus(options),
  addConnectionsToGroups: (client, { groups, filter }, options) =>
    client.addConnectionsToGroups(groups, filter, options),
  removeConnectionsFromGroups: (client, { groups, filter }, options) =>
    client.removeConnectionsFromGroups(groups, filter, options),
  closeAllConnections: (client, _, options) => client.closeAllConnections(options),
  sendToAll: (client, { message }, options) => client.sendToAll(message, options),
  closeConnection: (client, { connectionId }, options) => client.closeConnection(connectionId, options),
  connectionExists: (client, { connectionId }, options) => client.connectionExists(connectionId, options),
  sendToConnection: (client, { connectionId, message }, options) =>
    client.sendToConnection(connectionId, message, options),
  removeConnectionFromAllGroups: (client, { connectionId }, options) =>
    client.removeConnectionFromAllGroups(connectionId, options),
  groupExists: (client, { group }, options) => client.groupExists(group, options),
  closeGroupConnections: (client, { group }, options) => client.group(group).closeAllConnections(options),
  sendToGroup: (client, { group, message }, options) => client.group(group).sendToAll(message, options),
  listConnections: (client, { group }, options) => pagesOf(client.group(group).listConnections(options)),
  removeConnectionFromGroup: (client, { group, connectionId }, options) =>
    client.group(group).removeConnection(connectionId, options),
  addConnectionToGroup: (client, { group, connectionId }, options) =>
    client.group(group).addConnection(connectionId, options),
  revokePermission: (client, { connectionId, permission }, options) =>
    client.revokePermission(connectionId, permission, options),
  hasPermission: (client, { connectionId, permission }, options) =>
    client.hasPermission(connectionId, permission, options),
  grantPermission: (client, { connectionId, permission }, options) =>
    client.grantPermission(connectionId, permission, options),
  userExists: (client, { userId }, options) => client.userExists(userId, options),
  closeUserConnections: (client, { userId }, options) => client.closeUserConnections(userId, options),
  sendToUser: (client, { userId, message }, options) => client.sendToUser(userId, message, options),
  removeUserFromAllGroups: (client, { userId }, options) => client.removeUserFromAllGroups(userId, options),
  removeUserFromGroup: (client, { group, userId }, options) =>
    client.group(group).removeUser(userId, options),
  addUserToGroup: (client, { group, userId }, options) => client.group(group).addUser(userId, options),
  generateClientToken: async (client, { lifetimeInSeconds, ...grants }, options) => {
    const all = { ...grants, expirationTimeInSeconds: lifetimeInSeconds, ...options };
    const outcome = await client.getClientAccessToken(all).catch((error) => error);
    let signed;
    try {
      signed = client.getClientAccessTokenSync(all);
    } catch (error) {
      signed = error;
    }
    // Without an access key there is no other way to get a token, unless the input is invalid already.
    if (signed.code !== "CredentialCannotSign")
      equal(shown(signed), shown(outcome), "the token without a promise");
    if (outcome instanceof Error) throw outcome;
    return outcome;
  },
  sendRequest: async (client, { method, path, query = [], body, contentType }, { requestOptions }) => {
    const headers = { ...(contentType && { "Content-Type": contentType }) };
    const request = { method, path, query: Object.fromEntries(query), body, headers };
    const response = await client.sendRequest(request, { requestOptions });
    return { status: response.status, body: await response.text() };
  },
};

/** The members of a call that are options of it; all others are its names. */
const OPTIONS = [
  "filter",
  "excludedConnections",
  "messageTtlSeconds",
  "messageMetadata",
  "reason",
  "targetName",
  "maxPageSize",
  "top",
  "continuationToken",
];

/** Calls an operation: `{ operation, headers }`, its names and its options. */
export const call = (client, { operation, headers, ...given }) => {
  const options = { requestOptions: { customHeaders: headers } };
  const isOption = (name) => name in given && !(name === "filter" && operation.endsWith("Groups"));
  for (const name of OPTIONS) if (isOption(name)) options[name] = given[name];
  if (given.message && operation.startsWith("send"))
    [given.message, options.contentType] = messageOf(given.message);
  return OPERATIONS[operation](client, given, options);
};
