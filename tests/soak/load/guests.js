// Guests: clients that come, join and leave a group, get and lose a permission, send an event and are closed. After each
// change that is known to have happened, calls and sends must show it.
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../audience.js";

/** What a guest story ends with when a call failed, so that the state of the service is unknown. */
class Unknown extends Error {}

let count = 0;

export const isGuest = (name) => name.startsWith("guest-");

/** One guest, from its coming to its going; says in `wrong` what contradicts what was known. */
export const guestStory = async ({ worker, ledger, random, wrong }) => {
  const name = `guest-${++count}`;
  const group = `of ${name}`;
  const client = () => (random() < 0.5 ? "key" : "entra");

  /** The value of a call that succeeds. */
  const value = async (task) => {
    const outcome = await worker.perform({ client: client(), ...task });
    if (outcome.value === undefined) throw new Unknown();
    return outcome.value;
  };
  const expect = async (expected, task) => {
    const found = await value(task);
    if (found !== expected) wrong(`${task.method} of ${name} gave ${found}, not ${expected}`);
  };
  const send = (to, target, isMember) =>
    worker.send(
      { to, name: target, type: "text", size: 20 },
      { must: isMember ? [name] : [], client: client() },
    );

  let guest;
  try {
    const { url } = await value({ method: "getClientAccessToken", args: [{ userId: name }] });
    guest = await Client.open(name, url, ledger);
    const { connectionId } = guest;
    await expect(true, { method: "userExists", args: [name] });
    await send("user", name, true);

    const joins = [
      { group, method: "addUser", args: [name] },
      { group, method: "addConnection", args: [connectionId] },
      { method: "addConnectionsToGroups", args: [[group], `userId eq '${name}'`] },
    ];
    await value(joins[count % joins.length]);
    await expect(true, { method: "groupExists", args: [group] });
    await send("group", group, true);

    const permission = [connectionId, "sendToGroup", { targetName: group }];
    await value({ method: "grantPermission", args: permission });
    await expect(true, { method: "hasPermission", args: permission });
    await value({ method: "revokePermission", args: permission });
    await expect(false, { method: "hasPermission", args: permission });

    const event = await guest.event(`event of ${name}`);
    if (!event.success || event.echoes !== 1) wrong(`the event of ${name} ended as ${JSON.stringify(event)}`);

    const leaves = [
      { group, method: "removeUser", args: [name] },
      { group, method: "removeConnection", args: [connectionId] },
      { method: "removeConnectionFromAllGroups", args: [connectionId] },
    ];
    await value(leaves[count % leaves.length]);
    await expect(false, { method: "groupExists", args: [group] });
    await send("group", group, false);

    if (guest.isClosed) wrong(`${name} was closed by nobody`);
    await value({ method: "closeConnection", args: [connectionId, { reason: "goodbye" }] });
    await guest.end();
    await expect(false, { method: "connectionExists", args: [connectionId] });
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
  } finally {
    // Who leaves early misses what is on its way.
    for (let tries = 0; !guest?.isClosed && ledger.isOwed(name) && tries < 100; tries++) await sleep(50);
    guest?.leave();
  }
};
