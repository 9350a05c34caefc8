// What the documentation of @azure/web-pubsub shows, with another import.
import { DefaultAzureCredential } from "@azure/identity";
import { AzureKeyCredential, odata, WebPubSubServiceClient } from "webpubsub-edge";

export function fromConnectionString() {
  return new WebPubSubServiceClient("<ConnectionString>", "<hubName>");
}

export function fromKey() {
  const key = new AzureKeyCredential("<Key>");
  return new WebPubSubServiceClient("<Endpoint>", key, "<hubName>");
}

const serviceClient = new WebPubSubServiceClient("<Endpoint>", new DefaultAzureCredential(), "<hubName>");

export async function clientAccessToken() {
  let token = await serviceClient.getClientAccessToken();
  token = await serviceClient.getClientAccessToken({ userId: "user1" });
  token = await serviceClient.getClientAccessToken({ userId: "user1", groups: ["GroupA"] });
  token = await serviceClient.getClientAccessToken({
    userId: "user1",
    roles: ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup.GroupA"],
    expirationTimeInMinutes: 5,
    clientProtocol: "mqtt",
  });
  const parts: string[] = [token.token, token.baseUrl, token.url];
  return parts;
}

export async function sendToAll() {
  await serviceClient.sendToAll({ message: "Hello world!" });
  await serviceClient.sendToAll("Hi there!", { contentType: "text/plain" });
  const payload = new Uint8Array(10);
  await serviceClient.sendToAll(payload.buffer);
  await serviceClient.sendToAll(payload);
  await serviceClient.sendToAll("a JSON string");
  await serviceClient.sendToAll(42);
  await serviceClient.sendToAll(["a", 1, null]);
}

export async function sendToSome() {
  await serviceClient.sendToAll({ message: "Hello world!" }, { filter: "userId eq null" });
  const groupA = "groupA";
  const groupB = "groupB";
  await serviceClient.sendToAll("Hello world!", {
    contentType: "text/plain",
    filter: odata`${groupA} in groups and not(${groupB} in groups)`,
  });
  await serviceClient.sendToAll(
    { message: "Hello world!" },
    { excludedConnections: ["connection1"], messageTtlSeconds: 60 },
  );
}

export async function sendToGroup() {
  const groupClient = serviceClient.group("<groupName>");
  await groupClient.addUser("user1");
  await groupClient.sendToAll({ message: "Hello world!" });
  await groupClient.sendToAll("Hi there!", { contentType: "text/plain" });
  const payload = new Uint8Array(10);
  await groupClient.sendToAll(payload.buffer);
  await groupClient.removeUser("user1");
  await groupClient.addConnection("connection1");
  await groupClient.removeConnection("connection1");
}

export async function sendToUser() {
  await serviceClient.sendToUser("user1", { message: "Hello world!" });
  await serviceClient.sendToUser("user1", "Hi there!", { contentType: "text/plain" });
  const payload = new Uint8Array(10);
  await serviceClient.sendToUser("user1", payload.buffer);
}

export async function sendToConnection() {
  await serviceClient.sendToConnection("connection1", { message: "Hello world!" });
  await serviceClient.sendToConnection("connection1", "Hi there!", { contentType: "text/plain" });
  await serviceClient.sendToConnection("connection1", new Uint8Array(10).buffer, { messageTtlSeconds: 1 });
}

export async function checkGroup() {
  const groupClient = serviceClient.group("<groupName>");
  await groupClient.closeAllConnections({ reason: "<closeReason>" });
  const hasConnections = await serviceClient.groupExists("<groupName>");
  return hasConnections;
}

export async function rawResponse() {
  function onResponse(rawResponse: unknown) {
    console.log(rawResponse);
  }
  await serviceClient.sendToAll({ message: "Hello world!" }, { onResponse });

  let status = 0;
  await serviceClient.sendToAll("Hi there!", {
    contentType: "text/plain",
    onResponse: (response) => {
      status = response.status;
      const id: string | undefined = response.headers.get("x-ms-request-id");
      const url: string = response.request.url;
      console.log(id, url, response.bodyAsText);
    },
  });
  return status;
}

export async function usersAndConnections() {
  const answers: boolean[] = [
    await serviceClient.userExists("user1"),
    await serviceClient.connectionExists("connection1"),
    await serviceClient.hasPermission("connection1", "joinLeaveGroup", { targetName: "group1" }),
  ];
  await serviceClient.grantPermission("connection1", "joinLeaveGroup", { targetName: "group1" });
  await serviceClient.revokePermission("connection1", "sendToGroup", { targetName: "group1" });
  await serviceClient.closeConnection("connection1", { reason: "bye" });
  await serviceClient.closeUserConnections("user1", { reason: "bye" });
  await serviceClient.closeAllConnections({ reason: "bye" });
  await serviceClient.removeUserFromAllGroups("user1");
  await serviceClient.removeConnectionFromAllGroups("connection1");
  const filter = odata`userId eq ${"o'neil"}`;
  await serviceClient.addConnectionsToGroups(["group1", "group2"], filter);
  await serviceClient.removeConnectionsFromGroups(["group1", "group2"], filter);
  return answers;
}

export async function list() {
  const group = serviceClient.group("group1");
  const connections = await group.listConnections({ maxPageSize: 50, top: 200 });
  const users = new Set<string | undefined>();
  for await (const connection of connections) users.add(connection.userId);

  const first = await connections.next();
  if (!first.done) console.log(first.value.connectionId);

  let count = 0;
  for await (const page of connections.byPage({ continuationToken: "token" })) {
    count += page.length;
    for (const { connectionId, userId } of page) console.log(connectionId, userId ?? "anonymous");
  }
  return count;
}
