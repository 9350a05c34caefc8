// The client of a hub and of its groups, name for name those of @azure/web-pubsub.
import { checkGroup } from "./wasm.js";
import { access, jwtHeaders, object, optional, parameters, query, text } from "./arguments.js";
import { bodyOf, outgoing, own } from "./bodies.js";
import { argumentError, transportError } from "./errors.js";
import { callOptions, exchange, headersOf, parsed } from "./exchange.js";
import { listing } from "./paging.js";
import { unread } from "./responses.js";
import { Service } from "./service.js";

/** Runs an operation; `message` is `{ message }` for those that send. */
const run = async (service, operation, names, given, message) => {
  const options = object(given, "options");
  const sent = message && outgoing(message.message, options.contentType);
  const pairs = parameters(names, options);
  const plan = JSON.parse(service.current().request(operation, pairs, sent?.type));
  const body = bodyOf(sent ?? plan);
  const { response, text: answer } = await exchange(service, plan, callOptions(options), body);
  return plan.asks ? response.status !== 404 : answer;
};

const done = async (...call) => void (await run(...call));

const unexpected = (what) =>
  transportError(
    `The answer is not ${what}, so it did not come from the service: check the endpoint and any proxy`,
    "PARSE_ERROR",
    "Unexpected",
  );

/** Where a path leads: the host's URL parser decides what it means, before it is signed. */
const resolved = (path, endpoint) => {
  try {
    const url = new URL(path, endpoint);
    // This part stays here, and what is signed is what is sent.
    url.hash = "";
    return url;
  } catch {
    throw argumentError("The path of the request is malformed: give one like /api/hubs/chat", "InvalidPath");
  }
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The client of a hub. */
export class WebPubSubServiceClient {
  #service;

  constructor(target, ...rest) {
    // A connection string is followed by the hub's name, an endpoint by a credential.
    const [credential, hubName, options] = typeof rest[0] === "string" ? [undefined, ...rest] : rest;
    if (credential === undefined && typeof rest[0] !== "string") {
      throw argumentError(
        "Give (connectionString, hubName, options?) or (endpoint, credential, hubName, options?)",
        typeof target === "string" ? "InvalidHub" : "InvalidConnectionString",
      );
    }
    this.#service = new Service(target, credential, hubName, options);
    const { apiVersion, endpoint } = this.#service.core.get();
    for (const [name, value] of Object.entries({ hubName, apiVersion, endpoint })) {
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  group(groupName) {
    checkGroup(text(groupName, "group name", "InvalidGroup"));
    return new WebPubSubGroup(this, groupName, this.#service);
  }

  sendToAll(message, options) {
    return done(this.#service, "sendToAll", {}, options, { message });
  }

  sendToUser(user, message, options) {
    return done(this.#service, "sendToUser", { user }, options, { message });
  }

  sendToConnection(connection, message, options) {
    return done(this.#service, "sendToConnection", { connection }, options, { message });
  }

  connectionExists(connection, options) {
    return run(this.#service, "connectionExists", { connection }, options);
  }

  groupExists(group, options) {
    return run(this.#service, "groupExists", { group }, options);
  }

  userExists(user, options) {
    return run(this.#service, "userExists", { user }, options);
  }

  closeConnection(connection, options) {
    return done(this.#service, "closeConnection", { connection }, options);
  }

  closeAllConnections(options) {
    return done(this.#service, "closeAllConnections", {}, options);
  }

  closeUserConnections(user, options) {
    return done(this.#service, "closeUserConnections", { user }, options);
  }

  removeUserFromAllGroups(user, options) {
    return done(this.#service, "removeUserFromAllGroups", { user }, options);
  }

  removeConnectionFromAllGroups(connection, options) {
    return done(this.#service, "removeConnectionFromAllGroups", { connection }, options);
  }

  addConnectionsToGroups(groups, filter, options) {
    return done(this.#service, "addConnectionsToGroups", { groups, filter }, options);
  }

  removeConnectionsFromGroups(groups, filter, options) {
    return done(this.#service, "removeConnectionsFromGroups", { groups, filter }, options);
  }

  grantPermission(connection, permission, options) {
    return done(this.#service, "grantPermission", { connection, permission }, options);
  }

  revokePermission(connection, permission, options) {
    return done(this.#service, "revokePermission", { connection, permission }, options);
  }

  hasPermission(connection, permission, options) {
    return run(this.#service, "hasPermission", { connection, permission }, options);
  }

  getServiceStatus(options) {
    return done(this.#service, "getServiceStatus", {}, options);
  }

  async getClientAccessToken(given) {
    const options = object(given, "options");
    const told = callOptions(options);
    const pairs = access(options);
    const service = this.#service;
    const signed = service.current().clientAccess(pairs, jwtHeaders(options), Date.now());
    if (signed !== undefined) return JSON.parse(signed);
    const plan = JSON.parse(service.current().clientAccessRequest(pairs));
    const { text: answer } = await exchange(service, plan, told);
    const token = parsed(answer)?.token;
    if (typeof token !== "string") throw unexpected("a client access token");
    return JSON.parse(service.current().issued(optional(options, "clientProtocol", text), token));
  }

  getClientAccessTokenSync(given) {
    const options = object(given, "options");
    const signed = this.#service.current().clientAccess(access(options), jwtHeaders(options), Date.now());
    if (signed !== undefined) return JSON.parse(signed);
    throw argumentError(
      "This client has no access key to sign with: await getClientAccessToken(), which asks the service",
      "CredentialCannotSign",
    );
  }

  async sendRequest(given, options) {
    const request = object(given, "request");
    const path = text(request.path, "path of the request", "InvalidPath");
    if (!METHODS.includes(request.method)) {
      throw argumentError(`The method must be one of ${METHODS.join(", ")}`, "InvalidMethod");
    }
    const url = resolved(path, this.endpoint);
    const version = url.searchParams.has("api-version") ? {} : { "api-version": this.apiVersion };
    const pairs = query({ ...version, ...object(request.query, "query of the request") });
    // Not by searchParams: it writes blanks as `+`, which filters do not know.
    const added = pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    url.search = [url.search.slice(1), added].filter(Boolean).join("&");
    const plan = {
      ...JSON.parse(this.#service.current().own(url.href)),
      method: request.method,
      headers: {},
      repeatable: request.method !== "POST" && request.method !== "PATCH",
      secret: true,
    };
    const told = callOptions(object(options, "options"));
    told.headers.unshift(...headersOf(request, "headers"));
    return unread(await exchange(this.#service, plan, told, bodyOf(own(request.body))));
  }

  /** Gives the memory of the client back at once, and not when it is collected. */
  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.#service.free();
  }
}

/** A group of a hub. */
export class WebPubSubGroup {
  #service;

  /** Groups come from `client.group(name)`. */
  constructor(client, groupName, service) {
    if (!(service instanceof Service)) {
      throw argumentError("A group is made by client.group(groupName)", "InvalidGroup");
    }
    this.#service = service;
    const { hubName, apiVersion, endpoint } = client;
    for (const [name, value] of Object.entries({ groupName, hubName, apiVersion, endpoint })) {
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  #names(names) {
    return { group: this.groupName, ...names };
  }

  sendToAll(message, options) {
    return done(this.#service, "sendToGroup", this.#names(), options, { message });
  }

  addConnection(connection, options) {
    return done(this.#service, "addConnectionToGroup", this.#names({ connection }), options);
  }

  removeConnection(connection, options) {
    return done(this.#service, "removeConnectionFromGroup", this.#names({ connection }), options);
  }

  addUser(user, options) {
    return done(this.#service, "addUserToGroup", this.#names({ user }), options);
  }

  removeUser(user, options) {
    return done(this.#service, "removeUserFromGroup", this.#names({ user }), options);
  }

  closeAllConnections(options) {
    return done(this.#service, "closeGroupConnections", this.#names(), options);
  }

  listConnections(options) {
    return listing((link, settings) => this.#page(link, settings), options);
  }

  async #page(link, settings) {
    const service = this.#service;
    const answer =
      link === undefined
        ? await run(service, "listConnections", this.#names(), settings)
        : await this.#follow(link, object(settings, "options"));
    const { value, nextLink } = parsed(answer) ?? {};
    const isConnection = (item) => typeof item?.connectionId === "string";
    if (!Array.isArray(value) || !value.every(isConnection)) throw unexpected("a list of connections");
    if (typeof nextLink !== "string" || nextLink === "") return { items: value };
    const { continuationToken } = JSON.parse(service.current().follow(nextLink));
    return { items: value, link: nextLink, continuationToken };
  }

  async #follow(link, options) {
    const service = this.#service;
    const accept = { Accept: "application/json" };
    const plan = {
      ...JSON.parse(service.current().follow(link)),
      method: "GET",
      headers: accept,
      success: 200,
    };
    return (await exchange(service, { ...plan, repeatable: true }, callOptions(options))).text;
  }
}
