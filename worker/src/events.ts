// The service's side of the conversation: who may connect, what clients ask for by events, and who is gone.
// Every call is verified by the handler, so its connection id and user id can be relied on.

import { WebPubSubEventHandler, type WebPubSubServiceClient } from "webpubsub-edge";
import { nameOf } from "./names.js";
import { asRefusal, Refusal } from "./refusal.js";
import { Room } from "./room.js";

const SUBPROTOCOL = "json.webpubsub.azure.v1";

/** Who sent an event: the room that the connection is in is kept in the connection's own state. */
interface Sender {
  connectionId: string;
  userId: string;
  room: unknown;
}

/** Answers the events of `service`'s hub; the connection string's key verifies them. */
export function chatEvents(connectionString: string, service: WebPubSubServiceClient): WebPubSubEventHandler {
  return new WebPubSubEventHandler(service.hubName, {
    connectionString,

    handleConnect(req, res) {
      if (nameOf(req.context.userId) === undefined) return res.fail(401, "Ask /negotiate for a client URL.");
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
        // A failed event would cost the sender the connection; a refusal is an answer like any other.
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

/** Does what an event asks for. Resolves to the room that the connection is in from now on. */
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
    // In one room at a time, so that leaving needs no memory but the connection's.
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
    throw new Refusal(400, "bad_request", "The events are: join, leave, mute, unmute, remove.");
  }
  const target = data["userId"];
  if (typeof target !== "string") throw new Refusal(400, "bad_request", "Say who: data.userId is missing.");
  await current[event](userId, target);
  return current.name;
}

/** The members of a JSON object; none for anything else. */
function fields(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}
