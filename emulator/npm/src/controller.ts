/**
 * Control of a running emulator: each method is one request to its admin API.
 */
import { Admin, Refusal } from "./admin.js";
import type { ActiveFault, ClockState, Control, Hubs, HubInfo, ListOptions, Message, To } from "./control.js";
import { TrafficReader } from "./traffic.js";

const hubPath = (hub: string, operation: string): string =>
  `/api/hubs/${encodeURIComponent(hub)}/${operation}`;

/** A message as the admin API takes it: bytes in base64. */
const encoded = (message: To & Message): object =>
  message.data instanceof Uint8Array
    ? { ...message, data: Buffer.from(message.data).toString("base64") }
    : message;

const hubs = (admin: Admin): Hubs => {
  const list = <T>(hub: string, what: string, options: To & ListOptions = {}): Promise<T> =>
    admin.call("GET", hubPath(hub, what), { parameters: options });
  const count = async (hub: string, operation: string, body: object): Promise<number> => {
    const done = await admin.call<{ connections: number }>("POST", hubPath(hub, operation), { body });
    return done.connections;
  };
  return {
    list: () => admin.items<HubInfo>("/api/hubs"),
    groups: (hub, options) => list(hub, "groups", options),
    users: (hub, options) => list(hub, "users", options),
    connections: (hub, options) => list(hub, "connections", options),
    send: (hub, message) => count(hub, "send", encoded(message)),
    drop: (hub, which = {}) => count(hub, "drop", which),
  };
};

/** Control by the admin API at a URL. */
export const control = (adminUrl: string): Control => {
  const admin = new Admin(adminUrl);
  return {
    adminUrl,
    faults: {
      add: async (fault) => (await admin.call<{ id: number }>("POST", "/api/faults", { body: fault })).id,
      list: () => admin.items<ActiveFault>("/api/faults"),
      remove: (id) =>
        admin.call("DELETE", `/api/faults/${encodeURIComponent(id)}`).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Refusal && error.status === 404) return false;
            throw error;
          },
        ),
      clear: () => admin.call("DELETE", "/api/faults"),
    },
    clock: {
      get: () => admin.call<ClockState>("GET", "/api/clock"),
      set: (offsetMs) => admin.call<ClockState>("PUT", "/api/clock", { body: { offsetMs } }),
      advance: (byMs) => admin.call<ClockState>("POST", "/api/clock/advance", { body: { byMs } }),
    },
    tokens: { expire: () => admin.call("POST", "/api/tokens/expire") },
    traffic: new TrafficReader(admin),
    hubs: hubs(admin),
    reset: () => admin.call("POST", "/api/reset"),
  };
};
