// A room: three groups of the hub, and what may be done with them. The service holds all state, so that any
// isolate can answer for any room; this file is the only one that calls it about rooms.

import type { WebPubSubServiceClient } from "webpubsub-edge";
import { nameOf, newUserId, roomName, sameName } from "./names.js";
import { Refusal } from "./refusal.js";

/** How long a client URL is good for connecting, and with it the right to come back as the same person. */
const URL_MINUTES = 60;

/** Somebody who is in a room. One person may be there with several connections: tabs, or one that is dying. */
export interface Person {
  userId: string;
  name: string;
  moderator: boolean;
  muted: boolean;
}

/** What the room is told. These come from the Worker: a client's own messages always carry `fromUserId`. */
export interface Notice {
  type: "joined" | "left" | "muted" | "unmuted" | "removed";
  person: Person;
  /** Who did it: the name of a moderator. */
  by?: string;
}

export class Room {
  readonly name: string;
  /** Everyone in the room; what is said goes to this group. */
  readonly group: string;
  private readonly moderators: string;
  private readonly muted: string;

  /** @throws {Refusal} when `name` is no room's name. */
  constructor(
    private readonly service: WebPubSubServiceClient,
    name: unknown,
  ) {
    this.name = roomName(name);
    this.group = `room.${this.name}`;
    this.moderators = `moderators.${this.name}`;
    this.muted = `muted.${this.name}`;
  }

  /** Who is in the room, by name. */
  async people(): Promise<Person[]> {
    const [here, moderators, muted] = await Promise.all(
      [this.group, this.moderators, this.muted].map((group) => this.userIds(group)),
    );
    const people: Person[] = [];
    for (const userId of new Set(here)) {
      const name = nameOf(userId);
      if (name === undefined) continue; // Connected with a token that this Worker did not make.
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
   * A client URL for somebody who wants to be called `name` here. Whoever opens a room moderates it: the token in
   * the URL puts the connection among the moderators, and proves it anew when the connection has to be made again.
   */
  async admit(name: string) {
    const people = await this.people();
    if (people.some((person) => sameName(person.name, name))) {
      throw new Refusal(409, "name_taken", `Somebody called ${name} is in this room. Choose another name.`);
    }
    const moderator = people.length === 0;
    const userId = newUserId(name);
    const { url } = await this.service.getClientAccessToken({
      userId,
      // Talking goes straight to the service. Joining and leaving go through the Worker, which tells the others.
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

  /** Lets a connection in, and tells the room. */
  async join(connectionId: string, userId: string): Promise<void> {
    await this.service.group(this.group).addConnection(connectionId);
    const person = (await this.people()).find((person) => person.userId === userId);
    if (!person) return; // It went away meanwhile.
    if (person.muted) await this.silence(connectionId); // Another tab does not lift a mute.
    await this.tell({ type: "joined", person });
  }

  /** Lets a connection out, and tells the room, unless the same person is still there with another connection. */
  async leave(connectionId: string, userId: string): Promise<void> {
    await this.service.group(this.group).removeConnection(connectionId);
    await this.left(userId);
  }

  /** Tells the room that somebody is gone: what is left to do when the connection has closed. */
  async left(userId: string): Promise<void> {
    const name = nameOf(userId);
    if (name === undefined || (await this.userIds(this.group)).includes(userId)) return;
    await this.tell({ type: "left", person: { userId, name, moderator: false, muted: false } });
  }

  /** Takes away the permission to talk here, from every connection of a person. */
  async mute(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await Promise.all(connections.map((connectionId) => this.silence(connectionId)));
    await this.tell({ type: "muted", person: { ...person, muted: true }, by });
  }

  /** Gives the permission to talk back. */
  async unmute(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await Promise.all(
      connections.map(async (connectionId) => {
        await this.service.grantPermission(connectionId, "sendToGroup", { targetName: this.group });
        await this.service.group(this.muted).removeConnection(connectionId);
      }),
    );
    await this.tell({ type: "unmuted", person: { ...person, muted: false }, by });
  }

  /** Closes every connection of a person; the notice comes first, so that their page knows not to come back. */
  async remove(moderatorId: string, userId: string): Promise<void> {
    const { by, person, connections } = await this.moderate(moderatorId, userId);
    await this.tell({ type: "removed", person, by });
    const reason = `Removed by ${by}.`;
    await Promise.all(
      connections.map((connectionId) => this.service.closeConnection(connectionId, { reason })),
    );
  }

  /** Checks that one person may moderate another, and finds the connections to act on. */
  private async moderate(moderatorId: string, userId: string) {
    const [people, connections] = await Promise.all([this.people(), this.connectionsOf(userId)]);
    const moderator = people.find((person) => person.userId === moderatorId);
    const person = people.find((person) => person.userId === userId);
    if (!moderator?.moderator) {
      throw new Refusal(403, "not_moderator", "Only the moderator of this room may do that.");
    }
    if (!person) throw new Refusal(404, "not_here", "That person is no longer in this room.");
    if (person.moderator) throw new Refusal(403, "is_moderator", "A moderator cannot be muted or removed.");
    return { by: moderator.name, person, connections };
  }

  private async silence(connectionId: string): Promise<void> {
    await this.service.revokePermission(connectionId, "sendToGroup", { targetName: this.group });
    await this.service.group(this.muted).addConnection(connectionId);
  }

  private async tell(notice: Notice): Promise<void> {
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
