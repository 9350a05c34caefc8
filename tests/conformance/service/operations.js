// The operations that are no sends, by what they do to connections, users and groups.
import { equal, rejects } from "../assert.js";

const TEXT = { contentType: "text/plain" };
const NOT_FOUND = { name: "RestError", kind: "NotFound", statusCode: 404 };

export function operations({ live }) {
  live("tells whether the service is up", async ({ client }) => {
    equal(await client.getServiceStatus(), undefined);
  });

  live("tells whether a connection, a user and a group are there", async ({ client, guest }) => {
    const { id } = await guest({ userId: "ada", groups: ["g"] });
    const are = async (...names) => [
      await client.connectionExists(names[0]),
      await client.userExists(names[1]),
      await client.groupExists(names[2]),
    ];
    equal(await are(id, "ada", "g"), [true, true, true]);
    equal(await are(`${id}x`, "Ada", "G"), [false, false, false]);
  });

  live("closes a connection, with a reason", async ({ client, guest }) => {
    const [ada, bob] = [await guest(), await guest()];
    equal(await client.closeConnection(ada.id, { reason: "too löud & more" }), undefined);
    equal(await ada.farewell(), "too löud & more");
    await ada.closed;
    equal([await client.connectionExists(ada.id), await client.connectionExists(bob.id)], [false, true]);
    equal(await client.closeConnection(ada.id), undefined, "one that is gone");
    await client.closeConnection(bob.id);
    equal(await bob.farewell(), "Closed by REST API.");
  });

  live("closes the connections of the hub, except some", async ({ client, guest, heard }) => {
    const [ada, bob, eve] = [await guest(), await guest({ userId: "bob" }), await guest()];
    equal(await client.closeAllConnections({ reason: "night", excludedConnections: [bob.id] }), undefined);
    equal([await ada.farewell(), await eve.farewell()], ["night", "night"]);
    await client.sendToAll("still here", TEXT);
    equal(await heard(bob), [["still here"]]);
    await client.closeAllConnections();
    equal(await bob.farewell(), "Closed by REST API.");
  });

  live("closes the connections of a user, except some", async ({ client, guest, heard }) => {
    const userId = "ada";
    const [one, two, bob] = [
      await guest({ userId }),
      await guest({ userId }),
      await guest({ userId: "bob" }),
    ];
    const options = { reason: "bye", excludedConnections: [two.id] };
    equal(await client.closeUserConnections(userId, options), undefined);
    equal(await one.farewell(), "bye");
    await client.sendToAll("still here", TEXT);
    equal(await heard(two, bob), [["still here"], ["still here"]]);
    await client.closeUserConnections(userId);
    equal(await two.farewell(), "Closed by REST API.");
    equal(await client.userExists(userId), false);
    equal(await client.closeUserConnections("nobody"), undefined);
  });

  live("closes the connections of a group, except some", async ({ client, guest, heard }) => {
    const groups = ["g"];
    const [one, two, other] = [await guest({ groups }), await guest({ groups }), await guest()];
    const group = client.group("g");
    equal(await group.closeAllConnections({ reason: "bye", excludedConnections: [two.id] }), undefined);
    equal(await one.farewell(), "bye");
    await client.sendToAll("still here", TEXT);
    equal(await heard(two, other), [["still here"], ["still here"]]);
    await group.closeAllConnections();
    equal(await two.farewell(), "Closed by REST API.");
    equal(await client.groupExists("g"), false);
  });

  live("puts a connection into a group and takes it out", async ({ client, guest, members }) => {
    const [ada, bob] = [await guest(), await guest()];
    const plain = client.group("plain");
    equal(await plain.addConnection(ada.id), undefined);
    await plain.addConnection(bob.id);
    await client.group("a group: ü?").addConnection(ada.id);
    equal([await members("plain"), await members("a group: ü?")], [[ada.id, bob.id].sort(), [ada.id]]);
    equal(await plain.removeConnection(ada.id), undefined);
    equal(await members("plain"), [bob.id]);
    equal(await plain.removeConnection(ada.id), undefined, "one that is not in it");
    await rejects(plain.addConnection("nobody"), { ...NOT_FOUND, code: /Connection\.NotExisted$/ });
  });

  live("puts a user into a group and takes it out", async ({ client, guest, members }) => {
    const [one, two] = [await guest({ userId: "ada" }), await guest({ userId: "ada" })];
    await guest({ userId: "bob" });
    const group = client.group("g");
    equal(await group.addUser("ada"), undefined);
    equal(await members("g"), [one.id, two.id].sort());
    equal(await group.removeUser("ada"), undefined);
    equal(await members("g"), []);
    equal(await group.removeUser("nobody"), undefined);
    await rejects(group.addUser("nobody"), { ...NOT_FOUND, code: /User\.NotExisted$/ });
  });

  live("takes a user out of every group", async ({ client, guest, members }) => {
    const ada = await guest({ userId: "ada", groups: ["g", "h"] });
    const bob = await guest({ userId: "bob", groups: ["g"] });
    equal(await client.removeUserFromAllGroups("ada"), undefined);
    equal([await members("g"), await members("h")], [[bob.id], []]);
    equal(await client.connectionExists(ada.id), true);
    equal(await client.removeUserFromAllGroups("nobody"), undefined);
  });

  live("takes a connection out of every group", async ({ client, guest, members }) => {
    const one = await guest({ userId: "ada", groups: ["g", "h"] });
    const two = await guest({ userId: "ada", groups: ["g", "h"] });
    equal(await client.removeConnectionFromAllGroups(one.id), undefined);
    equal([await members("g"), await members("h")], [[two.id], [two.id]]);
    equal(await client.removeConnectionFromAllGroups("nobody"), undefined);
  });

  live("puts the connections of a filter into groups and takes them out", async (scene) => {
    const { client, guest, members } = scene;
    const [ada, bob, eve] = [await guest({ userId: "ada" }), await guest({ userId: "bob" }), await guest()];
    const groups = ["g", "wörld/1"];
    equal(await client.addConnectionsToGroups(groups, "userId ne null"), undefined);
    equal(await members("g"), [ada.id, bob.id].sort());
    await client.sendToAll("hi", { ...TEXT, filter: "'wörld/1' in groups" });
    equal(await scene.heard(), [["hi"], ["hi"], []]);
    equal(await client.removeConnectionsFromGroups(groups, "userId eq 'ada'"), undefined);
    equal(await members("g"), [bob.id]);
    await client.addConnectionsToGroups(["all"], "connectionId ne ''");
    equal(await members("all"), [ada.id, bob.id, eve.id].sort());
    await client.removeConnectionsFromGroups(["all"], "connectionId ne ''");
    equal(await members("all"), []);
  });

  live("grants, checks and revokes the permission to join", async ({ client, guest }) => {
    const ada = await guest();
    const targetName = "g 1";
    const join = async () => (await ada.ask({ type: "joinGroup", group: targetName })).success;
    const may = (options) => client.hasPermission(ada.id, "joinLeaveGroup", options);
    equal([await join(), await may({ targetName })], [false, false]);
    equal(await client.grantPermission(ada.id, "joinLeaveGroup", { targetName }), undefined);
    equal([await join(), await may({ targetName }), await may({ targetName: "g 2" })], [true, true, false]);
    equal(await client.revokePermission(ada.id, "joinLeaveGroup", { targetName }), undefined);
    equal([await join(), await may({ targetName })], [false, false]);
    equal(await client.groupExists(targetName), true, "it stays in the group");
  });

  live("grants, checks and revokes the permission to send", async ({ client, guest }) => {
    const ada = await guest({ roles: ["webpubsub.joinLeaveGroup"] });
    const targetName = "g";
    const send = async () =>
      (await ada.ask({ type: "sendToGroup", group: "g", noEcho: true, dataType: "text", data: "x" })).success;
    const may = () => client.hasPermission(ada.id, "sendToGroup", { targetName });
    equal([await send(), await may()], [false, false]);
    await client.grantPermission(ada.id, "sendToGroup", { targetName });
    equal([await send(), await may()], [true, true]);
    await client.revokePermission(ada.id, "sendToGroup", { targetName });
    equal([await send(), await may()], [false, false]);
  });

  live("knows no permission of a connection that is not there", async ({ client }) => {
    const options = { targetName: "g" };
    equal(await client.hasPermission("nobody", "sendToGroup", options), false);
    equal(await client.revokePermission("nobody", "sendToGroup", options), undefined);
    const code = /Connection\.NotExisted$/;
    await rejects(client.grantPermission("nobody", "sendToGroup", options), { ...NOT_FOUND, code });
    await rejects(client.hasPermission("nobody", "sendToGroup"), {
      kind: "InvalidRequest",
      statusCode: 400,
    });
  });
}
