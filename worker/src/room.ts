// A room: three groups of the hub, and the operations on them. All state is in the service, so that any isolate can
// serve any room; only this file calls the service about rooms.

import type { WebPubSubServiceClient } from "webpubsub-edge";
import { nameOf, newUserId, roomName, sameName } from "./names.js";
import { Refusal } from "./refusal.js";

/** How long a client URL allows its owner to connect, and to reconnect as the same person. */
const URL_MINUTES = 60;

/** A person in a room, with one or more connections: tabs, or a lost connection that is not closed yet. */
export interface Person {
  userId: string;
  name: string;
  moderator: boolean;
  muted: boolean;
}

/** A message from the Worker to everyone in the room. Messages of clients, unlike notices, have a `fromUserId`. */
export interface Notice {
  type: "joined" | "left" | "muted" | "unmuted" | "removed";
  person: Person;
  /** The name of the moderator who did it. */
  by?: string;
}

export class Room {
  readonly name: string;
  /** The group of everyone in the room; messages are sent to it. */
  readonly group: string;
  private readonly moderators: string;
  private readonly muted: string;

  /** @throws {Refusal} when `name` is not a room's name. */
  constructor(
    private readonly service: WebPubSubServiceClient,
    name: unknown,
  ) {
    this.name = roomName(name);
    this.group = `room.${this.name}`;
    this.moderators = `moderators.${this.name}`;
    this.muted = `muted.${this.name}`;
  }

  /** The people in the room, sorted by name. */
  async people(): Promise<Person[]> {
    const [here, moderators, muted] = await Promise.all(
      [this.group, this.moderators, this.muted].map((group) => this.userIds(group)),
    );
    const people: Person[] = [];
    for (const userId of new Set(here)) {
      const name = nameOf(userId);
      if (name === undefined) continue; // Connected with a token that this Worker did not issue.
      people.push({
        userId,
        name,
        moderator: !!moderators?.includes(userId),
        muted: !!muted?.includes(userId),
      });
    }
    return people.sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * A client URL for a person who wants the name `name` in this room. The first person in a room is its moderator:
   * the token in the URL adds every connection of that person to the group of moderators, also after a reconnect.
   */
  async admit(name: string) {
    const people = await this.people();
    if (people.some((person) => sameName(person.name, name))) {
      throw new Refusal(409, "name_taken", `The name ${name} is taken in this room. Choose another name.`);
    }
    const moderator = people.length === 0;
    const userId = newUserId(name);
    const { url } = await this.service.getClientAccessToken({
      userId,
      // Messages go directly to the service. Joining and leaving go through the Worker, which notifies the others.
      roles: [`webpubsub.sendToGroup.${this.group}`],
      groups: moderator ? [this.moderators] : [],
      expirationTimeInMinutes: URL_MINUTES,
    });
    return {
      url,
      userId,
      name,
      room: this.name,
      group: this.group,
      moderator,
      expiresInMinutes: URL_MINUTES,
    };
  }

  /** Adds a connection to the room, and notifies the room. */
  async join(connectionId: string, userId: string): Promise<void> {
    await this.service.group(this.group).addConnection(connectionId);
    const person = (await this.people()).find((person) => person.userId === userId);
    if (!person) return; // The connection has closed meanwhile.
    if (person.muted) await this.silence(connectionId); // A new tab does not end a mute.
    await this.notify({ type: "joined", person });
  }

  /** Removes a connection from the room. See {@link left}. */
  async leave(connectionId: string, userId: string): Promise<void> {
    await this.service.group(this.group).removeConnection(connectionId);
    await this.left(userId);
  }

  /** Notifies the room that a person has left, unless that person has another connection in the room. */
  async left(userId: string): Promise<void> {
    const name = nameOf(userId);
    if (name === undefined || (await this.userIds(this.group)).includes(userId)) return;
    await this.notify({ type: "left", person: { userId, name, moderator: false, muted: false } });
  }

  /** Revokes the permission to send to the room from every connection of a person. */
  async mute(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await Promise.all(connections.map((connectionId) => this.silence(connectionId)));
    await this.notify({ type: "muted", person: { ...person, muted: true }, by });
  }

  /** Grants the permission to send to the room again. */
  async unmute(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await Promise.all(
      connections.map(async (connectionId) => {
        await this.service.grantPermission(connectionId, "sendToGroup", { targetName: this.group });
        await this.service.group(this.muted).removeConnection(connectionId);
      }),
    );
    await this.notify({ type: "unmuted", person: { ...person, muted: false }, by });
  }

  /** Closes every connection of a person. The notice is sent first, so that their page does not reconnect. */
  async remove(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await this.notify({ type: "removed", person, by });
    const reason = `Removed by ${by}.`;
    await Promise.all(
      connections.map((connectionId) => this.service.closeConnection(connectionId, { reason })),
    );
  }

  /** Checks that one person may moderate another, and finds the other's connections. */
  private async moderate(moderatorId: string, userId: string) {
    const [people, connections] = await Promise.all([this.people(), this.connectionsOf(userId)]);
    const moderator = people.find((person) => person.userId === moderatorId);
    const person = people.find((person) => person.userId === userId);
    if (!moderator?.moderator) {
      throw new Refusal(403, "not_moderator", "Only a moderator of this room can do that.");
    }
    if (!person) throw new Refusal(404, "not_here", "That person is no longer in this room.");
    if (person.moderator) throw new Refusal(403, "is_moderator", "A moderator cannot be muted or removed.");
    return { by: moderator.name, person, connections };
  }

  private async silence(connectionId: string): Promise<void> {
    await this.service.revokePermission(connectionId, "sendToGroup", { targetName: this.group });
    await this.service.group(this.muted).addConnection(connectionId);
  }

  private async notify(notice: Notice): Promise<void> {
    await this.service.group(this.group).sendToAll(notice);
  }

  private async userIds(group: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const { userId } of await this.service.group(group).listConnections())
      if (userId) ids.push(userId);
    return ids;
  }

  private async connectionsOf(userId: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const member of await this.service.group(this.group).listConnections()) {
      if (member.userId === userId) ids.push(member.connectionId);
    }
    return ids;
  }
}
