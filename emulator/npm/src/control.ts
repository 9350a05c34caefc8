/**
 * The interface by which programs inspect and control a running emulator, with the names of its admin API. Types only:
 * `controller.ts` implements them.
 */
import type { GapRecord, RecordKind, RecordOf } from "./records.js";

/** What a fault does. One of `delayMs`, `status`, `reset` and `truncate` is required; only `delayMs` goes with others. */
export interface FaultBase {
  /** Only this hub. Default: all hubs. */
  hub?: string;
  /** Number of requests or events that the fault applies to. Default: 1. */
  times?: number;
  /** Delay before anything else, in milliseconds, up to 10 minutes. Default: none. */
  delayMs?: number;
  /** Status to respond with, from 200 to 599, without doing anything; for an event, as if its handler had. */
  status?: number;
  /** Reset the TCP connection before the request is handled, or after it, so that the response is lost. */
  reset?: "before" | "after";
  /** Handle the request, announce the whole response body, send half of it, then reset the connection. */
  truncate?: boolean;
}

/** A fault of REST calls, or of clients' handshakes. */
export interface RequestFault extends FaultBase {
  on: "rest" | "connect";
  /** Only this HTTP method. Default: all methods. */
  method?: string;
  /** Only this path, without the query; `*` stands for any characters. Default: all paths. */
  path?: string;
  /** `Retry-After` header for `status`, in seconds. Default: none. */
  retryAfter?: number;
}

/** A fault of events, each attempt to deliver one. */
export interface EventFault extends FaultBase {
  on: "event";
  /** Only events with this name, such as `connect` or `message`; `*` stands for any characters. Default: all events. */
  event?: string;
}

/** A fault for the next matching requests or events. */
export type Fault = RequestFault | EventFault;

/** A fault that is left. */
export type ActiveFault = Fault & {
  readonly id: number;
  /** Number of requests or events that it still applies to. */
  readonly remaining: number;
};

/** Faults of requests and events. The first that matches applies. */
export interface Faults {
  /** Adds a fault. Returns its id, which records of the traffic have as `fault`. */
  add(fault: Fault): Promise<number>;
  /** Returns the faults that are left. */
  list(): Promise<ActiveFault[]>;
  /** Removes a fault. Returns `false` if it is not there, or no longer. */
  remove(id: number): Promise<boolean>;
  /** Removes all faults. */
  clear(): Promise<void>;
}

/** The time of the emulator. */
export interface ClockState {
  /** Time, in RFC 3339. */
  readonly time: string;
  /** Milliseconds by which the clock is ahead of the machine's. */
  readonly offsetMs: number;
}

/**
 * The emulator's clock. Tokens expire and events are dated by it. It also decides when the time to live of a message ends,
 * when a reliable client or an MQTT session can no longer reconnect, and when an idle stream times out.
 */
export interface Clock {
  /** Returns the time and the offset. */
  get(): Promise<ClockState>;
  /** Sets the clock ahead of the machine's by milliseconds, or behind it by a negative number. */
  set(offsetMs: number): Promise<ClockState>;
  /** Moves the clock forward by milliseconds, or back by a negative number. */
  advance(byMs: number): Promise<ClockState>;
}

/** The tokens of clients and callers. */
export interface Tokens {
  /** Makes every existing token invalid. Returns after up to a second; tokens signed from then on are valid. */
  expire(): Promise<void>;
}

/** Conditions that records have to meet, all of them. */
export interface TrafficFilter<K extends RecordKind = RecordKind> {
  /** Kind of the record, or several. Default: all kinds. */
  kind?: K | readonly K[];
  hub?: string;
  connection?: string;
  user?: string;
  /** Text in the URL, event, error, reason or body, ignoring case. */
  text?: string;
}

/** Options for `traffic.wait()`. */
export interface WaitOptions<K extends RecordKind = RecordKind> {
  /** Condition besides the filter. Default: none. */
  where?: (record: RecordOf<K>) => boolean;
  /** Number of a record: only later ones are considered. Default: all that the emulator still has. */
  after?: number;
  /** Maximum time to wait, in milliseconds. Default: 10000. */
  timeoutInMs?: number;
}

/** Options for `traffic.watch()`. */
export interface WatchOptions {
  /** Number of a record after which to begin; 0 for all that the emulator still has. Default: the latest one. */
  after?: number;
}

/**
 * The traffic: REST calls, handshakes, frames, events. The emulator keeps the latest 10,000 records, with secrets masked.
 */
export interface Traffic {
  /** Returns the records that the emulator still has, the oldest first. */
  list<K extends RecordKind = RecordKind>(filter?: TrafficFilter<K>): Promise<RecordOf<K>[]>;
  /**
   * Returns the first record that matches, and waits until there is one. Rejects when none comes in time; the error has
   * what came instead.
   */
  wait<K extends RecordKind = RecordKind>(
    filter?: TrafficFilter<K>,
    options?: WaitOptions<K>,
  ): Promise<RecordOf<K>>;
  /**
   * Returns new records as they are recorded, starting when the promise resolves. The loop ends when the emulator stops;
   * `break` ends it earlier.
   *
   * @example
   * ```ts
   * for await (const record of await service.traffic.watch({ kind: "event" })) console.log(record);
   * ```
   */
  watch<K extends RecordKind = RecordKind>(
    filter?: TrafficFilter<K>,
    options?: WatchOptions,
  ): Promise<AsyncGenerator<RecordOf<K> | GapRecord, void, undefined>>;
  /** Forgets the records so far; the traffic file keeps them. */
  clear(): Promise<void>;
}

/** Some connections of a hub: all, or those of one group or user, or a single one. */
export type To =
  | { group?: undefined; user?: undefined; connection?: undefined }
  | { group: string; user?: undefined; connection?: undefined }
  | { group?: undefined; user: string; connection?: undefined }
  | { group?: undefined; user?: undefined; connection: string };

/** A message. `binary` data is bytes, or their base64. */
export type Message =
  | { dataType?: "json"; data: unknown }
  | { dataType: "text"; data: string }
  | { dataType: "binary"; data: Uint8Array | string };

/** A close frame. Without a code, the connection ends as by a failing network. */
export interface Close {
  /** Code: 1000 to 1003, 1007 to 1014, or 3000 to 4999. */
  code?: number;
  /** Reason; needs a code. */
  reason?: string;
}

/** Options for lists. */
export interface ListOptions {
  /** Maximum number of items, at most 1000. Default: 100. */
  limit?: number;
}

/** The first items of a list. */
export interface List<T> {
  /** Number of all items. */
  readonly total: number;
  readonly items: readonly T[];
}

/** A hub that has been used. */
export interface HubInfo {
  /** Name, in lower case. */
  readonly name: string;
  /** Numbers of its connections, and of the groups and users that have any. */
  readonly connections: number;
  readonly groups: number;
  readonly users: number;
}

/** A group and the number of its connections. */
export interface GroupInfo {
  readonly name: string;
  readonly connections: number;
}

/** A user and the number of their connections. */
export interface UserInfo {
  readonly id: string;
  readonly connections: number;
}

/** The groups that a permission is for. */
export interface PermissionInfo {
  /** Whether it is for all groups that are not revoked. */
  readonly all: boolean;
  readonly groups: readonly string[];
  /** Wildcard patterns. */
  readonly patterns: readonly string[];
  readonly revoked: readonly string[];
}

/** A connection. */
export interface ConnectionInfo {
  readonly id: string;
  /** User; `null` for an anonymous client. */
  readonly userId: string | null;
  /** Subprotocol; `null` for a simple client. */
  readonly subprotocol: string | null;
  readonly groups: readonly string[];
  readonly permissions: {
    readonly sendToGroup: PermissionInfo;
    readonly joinLeaveGroup: PermissionInfo;
  };
}

/** Hubs and their connections. */
export interface Hubs {
  /** Returns the hubs that have been used. */
  list(): Promise<HubInfo[]>;
  /** Returns the groups of a hub. */
  groups(hub: string, options?: ListOptions): Promise<List<GroupInfo>>;
  /** Returns the users of a hub. */
  users(hub: string, options?: ListOptions): Promise<List<UserInfo>>;
  /** Returns connections of a hub. */
  connections(hub: string, options?: To & ListOptions): Promise<List<ConnectionInfo>>;
  /** Sends a message. Returns the number of connections that it went to. */
  send(hub: string, message: To & Message): Promise<number>;
  /** Ends connections. Returns their number. */
  drop(hub: string, which?: To & Close): Promise<number>;
}

/** Control of a running emulator. */
export interface Control {
  /** URL of the admin API and its page, which shows the same in a browser. */
  readonly adminUrl: string;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly traffic: Traffic;
  readonly hubs: Hubs;
  /** Restores the initial state: closes all clients, forgets faults, clock offset, expired tokens and the traffic. */
  reset(): Promise<void>;
}
