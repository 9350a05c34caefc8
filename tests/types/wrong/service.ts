// What must not compile.
import {
  odata,
  RestError,
  roles,
  WebPubSubServiceClient,
  type RestErrorKind,
  type WebPubSubGroup,
} from "webpubsub-edge";

const service = new WebPubSubServiceClient("<ConnectionString>", "chat");
const room = service.group("room");
const bytes = new Uint8Array(1);

// @ts-expect-error a client belongs to a hub
new WebPubSubServiceClient("<ConnectionString>");
// @ts-expect-error a hub is a string
new WebPubSubServiceClient("<ConnectionString>", 1);
// @ts-expect-error a key is not a credential
new WebPubSubServiceClient("<Endpoint>", "<Key>", "chat");
// @ts-expect-error neither a key nor tokens
new WebPubSubServiceClient("<Endpoint>", {}, "chat");
// @ts-expect-error options of Node's HTTP have no meaning here: use fetch
new WebPubSubServiceClient("<ConnectionString>", "chat", { httpClient: {} });
// @ts-expect-error no such retry option
new WebPubSubServiceClient("<ConnectionString>", "chat", { retryOptions: { retries: 3 } });
// @ts-expect-error a time is a number of milliseconds
new WebPubSubServiceClient("<ConnectionString>", "chat", { timeoutInMs: "1s" });
// @ts-expect-error the value of a header is a string
new WebPubSubServiceClient("<ConnectionString>", "chat", { customHeaders: { "x-mine": 1 } });
// @ts-expect-error headers are not waited for
new WebPubSubServiceClient("<ConnectionString>", "chat", { customHeaders: async () => ({}) });
// @ts-expect-error a sink has methods
new WebPubSubServiceClient("<ConnectionString>", "chat", { loggingOptions: { logger: () => {} } });
// @ts-expect-error not a level
new WebPubSubServiceClient("<ConnectionString>", "chat", { loggingOptions: { level: "verbose" } });
// @ts-expect-error groups come from the client
new WebPubSubGroup();
// @ts-expect-error its name does not change
room.groupName = "other";

// @ts-expect-error an object is not text
service.sendToAll({ a: 1 }, { contentType: "text/plain" });
// @ts-expect-error a number is not text
service.sendToAll(1, { contentType: "text/plain" });
// @ts-expect-error bytes are not text
service.sendToAll(bytes, { contentType: "text/plain" });
// @ts-expect-error bytes are not text
service.sendToUser("u", bytes, { contentType: "text/plain" });
// @ts-expect-error bytes are not text
service.sendToConnection("c", bytes, { contentType: "text/plain" });
// @ts-expect-error an object is not text
room.sendToAll({ a: 1 }, { contentType: "text/plain" });
// @ts-expect-error an object is not bytes
service.sendToAll({ a: 1 }, { contentType: "application/octet-stream" });
// @ts-expect-error null is not bytes
room.sendToAll(null, { contentType: "application/octet-stream" });
// @ts-expect-error the service takes three content types
service.sendToAll("a", { contentType: "text/html" });
// @ts-expect-error a message is not undefined
service.sendToAll(undefined);
// @ts-expect-error JSON has no bigint
service.sendToAll(1n);
// @ts-expect-error a user id is a string
service.sendToUser(1, "a");
// @ts-expect-error a user has no excluded connections
service.sendToUser("u", { a: 1 }, { excludedConnections: ["c"] });
// @ts-expect-error one connection has no filter
service.sendToConnection("c", { a: 1 }, { filter: "true" });
// @ts-expect-error excluded connections are a list
service.sendToAll({ a: 1 }, { excludedConnections: "c" });
// @ts-expect-error a time to live is a number
service.sendToAll({ a: 1 }, { messageTtlSeconds: "60" });
// @ts-expect-error a filter is a string
service.sendToAll({ a: 1 }, { filter: true });
// @ts-expect-error a signal is not a controller
service.sendToAll({ a: 1 }, { abortSignal: { abort() {} } });

// @ts-expect-error a reason is a string
service.closeConnection("c", { reason: 1 });
// @ts-expect-error there is nothing to exclude
service.closeConnection("c", { excludedConnections: ["c"] });
// @ts-expect-error the connection comes first
service.grantPermission("sendToGroup", "c");
// @ts-expect-error no such permission
service.hasPermission("c", "sendToGroups");
// @ts-expect-error groups are a list
service.addConnectionsToGroups("room", "true");
// @ts-expect-error the filter is never left out by accident
service.addConnectionsToGroups(["room"]);

// @ts-expect-error a user id is a string
service.getClientAccessToken({ userId: 1 });
// @ts-expect-error roles are a list
service.getClientAccessToken({ roles: "webpubsub.sendToGroup" });
// @ts-expect-error a lifetime is a number
service.getClientAccessToken({ expirationTimeInMinutes: "60" });
// @ts-expect-error no such protocol
service.getClientAccessToken({ clientProtocol: "amqp" });
// @ts-expect-error nothing is sent, so nothing can be aborted
service.getClientAccessTokenSync({ abortSignal: undefined as never });
// @ts-expect-error a pattern is needed
roles.joinLeaveGroups();

// @ts-expect-error a page size is a number
room.listConnections({ maxPageSize: "10" });
// @ts-expect-error a method of HTTP
service.sendRequest({ method: "get", path: "/api/health" });
// @ts-expect-error a path is needed
service.sendRequest({ method: "GET" });

// @ts-expect-error an object is not a literal
odata`userId eq ${{ a: 1 }}`;
// @ts-expect-error nor is a function
odata`userId eq ${() => "a"}`;
// @ts-expect-error a list has no lists in it
odata`userId in ${[["a"]]}`;
// @ts-expect-error nor an object in a list
odata`userId in ${[{ a: 1 }]}`;

// @ts-expect-error no such kind
const kind: RestErrorKind = "Missing";
// @ts-expect-error a status is a number
new RestError("x", { statusCode: "404", kind });
