// The events of the service: clients that connect, their requests (user events), and connections that have closed.
// The handler verifies every event, so connection ids and user ids are trustworthy.

import { WebPubSubEventHandler, type WebPubSubServiceClient } from "webpubsub-edge";
import { nameOf } from "./names.js";
import { asRefusal, Refusal } from "./refusal.js";
import { Room } from "./room.js";

const SUBPROTOCOL = "json.webpubsub.azure.v1";

/** The sender of an event. The room that it is in is stored in the state of its connection. */
interface Sender {
  connectionId: string;
  userId: string;
  room: unknown;
}

/** Handles the events of the hub of `service`, verified with the key in the connection string. */
export function chatEvents(connectionString: string, service: WebPubSubServiceClient): WebPubSubEventHandler {
  return new WebPubSubEventHandler(service.hubName, {
    connectionString,

    handleConnect(req, res) {
      if (nameOf(req.context.userId) === undefined) return res.fail(401, "Get a client URL from /negotiate.");
      if (!req.subprotocols?.includes(SUBPROTOCOL))
        return res.fail(400, `Offer the subprotocol ${SUBPROTOCOL}.`);
      res.success({ subprotocol: SUBPROTOCOL });
    },

    async handleUserEvent(req, res) {
      const { connectionId, userId, eventName, states } = req.context;
      try {
        const data = req.dataType === "json" ? req.data : undefined;
        const sender = { connectionId, userId: userId ?? "", room: states["room"] };
        res.setState("room", await act(service, eventName, sender, fields(data)));
        res.success();
      } catch (error) {
        // An error response would close the sender's connection, so a refusal is a normal response.
        const { code, message } = asRefusal(error);
        res.success(JSON.stringify({ type: "refused", event: eventName, code, message }), "json");
      }
    },

    async onDisconnected(req) {
      const { userId, states } = req.context;
      if (userId && states["room"]) await new Room(service, states["room"]).left(userId);
    },
  });
}

/** Executes the request in an event. Resolves to the room that the connection is in afterwards. */
async function act(
  service: WebPubSubServiceClient,
  event: string,
  sender: Sender,
  data: Record<string, unknown>,
): Promise<string | null> {
  const { connectionId, userId } = sender;
  const current = sender.room ? new Room(service, sender.room) : undefined;

  if (event === "join") {
    const room = new Room(service, data["room"]);
    // A connection is in one room at a time: its state has one room to leave when it closes.
    if (current && current.name !== room.name) await current.leave(connectionId, userId);
    await room.join(connectionId, userId);
    return room.name;
  }

  if (!current) throw new Refusal(409, "not_in_room", "Join a room first.");
  if (event === "leave") {
    await current.leave(connectionId, userId);
    return null;
  }
  if (event !== "mute" && event !== "unmute" && event !== "remove") {
    throw new Refusal(
      400,
      "bad_request",
      "Unknown event. The events are: join, leave, mute, unmute, remove.",
    );
  }
  const target = data["userId"];
  if (typeof target !== "string")
    throw new Refusal(400, "bad_request", "data.userId must be the user id of a person in the room.");
  await current[event](userId, target);
  return current.name;
}

/** The members of a JSON object; no members for any other value. */
function fields(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}
