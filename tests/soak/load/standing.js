// The clients that stay connected, and the sends to them: to the hub, groups, users and connections, with filters and
// exclusions. Who should receive each is known.
import { Client } from "../audience.js";

const USERS = 6;
const GROUPS = 4;
const TYPES = ["text", "json", "binary"];

/** Connects two clients of each user: one of the JSON protocol, one plain. Each is in one group. */
export const gather = async (worker, ledger) => {
  const clients = [];
  for (let i = 0; i < USERS * 2; i++) {
    const [userId, group] = [`user-${i % USERS}`, `group-${i % GROUPS}`];
    const { url } = await worker.expect({
      method: "getClientAccessToken",
      args: [{ userId, groups: [group] }],
    });
    const client = await Client.open(`standing-${i}`, url, ledger, i >= USERS);
    clients.push(Object.assign(client, { userId, group }));
  }
  return clients;
};

const namesOf = (clients) => clients.map(({ name }) => name);

/** Random messages to the standing clients; `isGuest` says of a client's name whether it may get what the hub gets. */
export const standingSends = ({ worker, ledger, clients, random, isGuest }) => {
  const choose = (list) => list[Math.trunc(random() * list.length)];
  const knowing = clients.filter(({ connectionId }) => connectionId !== undefined);
  const all = (fits) => namesOf(clients.filter(fits));

  const TARGETS = {
    hub: () => ({ to: "hub", must: all(() => true), may: isGuest }),
    hubFiltered() {
      const { userId } = choose(clients);
      const options = { filter: `userId eq '${userId}'` };
      return { to: "hub", options, must: all((client) => client.userId === userId) };
    },
    hubExcluding() {
      const { connectionId, name } = choose(knowing);
      const options = { excludedConnections: [connectionId] };
      return { to: "hub", options, must: all((client) => client.name !== name), may: isGuest };
    },
    group() {
      const { group } = choose(clients);
      return { to: "group", name: group, must: all((client) => client.group === group) };
    },
    groupFiltered() {
      const { group, userId } = choose(clients);
      const options = { filter: `userId ne '${userId}'` };
      const must = all((client) => client.group === group && client.userId !== userId);
      return { to: "group", name: group, options, must };
    },
    user() {
      const { userId } = choose(clients);
      return { to: "user", name: userId, must: all((client) => client.userId === userId) };
    },
    connection() {
      const { connectionId, name } = choose(knowing);
      return { to: "connection", name: connectionId, must: [name] };
    },
  };

  const size = () => {
    const part = random();
    return part < 0.8 ? Math.trunc(random() * 200) : part < 0.99 ? 4_000 : 200_000;
  };

  return async () => {
    const { must, may, ...target } = TARGETS[choose(Object.keys(TARGETS))]();
    const client = random() < 0.5 ? "key" : "entra";
    await worker.send({ ...target, type: choose(TYPES), size: size() }, { must, may, client });
  };
};
