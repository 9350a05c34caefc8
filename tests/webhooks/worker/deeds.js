// What the handlers do, which the clients choose: when they connect by their query, later by the names of their
// events. Plain clients have but one event, and choose by what they say.
import { EventDeduplicator } from "webpubsub-edge";
import { record, recordEvent } from "./records.js";

const INSIDES = "insides of the handler";

const fail = () => {
  throw new Error(INSIDES);
};

const seen = new EventDeduplicator();

/** The handlers. `pass(name)` resolves when the test opens the gate of that name. */
export const deeds = (pass) => {
  const finished = (name) => record("finished", { name });

  const connects = {
    return: (req) => ({ userId: `returned to ${req.context.userId}` }),
    throw: fail,
    silent: async () => {},
    wrong: (_, res) => res.success({ subprotocol: "never.offered" }),
    async wait({ queries }, res) {
      await pass(queries.gate[0]);
      res.success();
    },
    gate({ queries }, res) {
      res.setState("gate", queries.gate[0]);
      res.success();
    },
    state(_, res) {
      res.setState("since", "connect ü");
      res.success();
    },
  };

  const echo = ({ data, dataType }, res) =>
    res.success(dataType === "json" ? JSON.stringify(data) : data, dataType);
  const events = {
    echo,
    text: (_, res) => res.success("täxt", "text"),
    json: (_, res) => res.success('{"a":["ü",null]}', "json"),
    bytes: (_, res) => res.success(Uint8Array.of(0, 128, 255), "binary"),
    returnText: () => ({ data: "returned ü", dataType: "text" }),
    returnJson: () => ({ data: { returned: [1] }, dataType: "json" }),
    returnBytes: () => ({ data: Uint8Array.of(9, 200), dataType: "binary" }),
    nothing: (_, res) => res.success(),
    fail: (_, res) => res.fail(403, "not for you"),
    throw: fail,
    unsendable: () => ({ data: 1n, dataType: "text" }),
    /** Fails when its work is done: when the service sends it again, it is not done again. */
    once({ context }, res) {
      if (seen.isDuplicate(context)) return res.success("done before", "text");
      record("work", { connectionId: context.connectionId });
      fail();
    },
    set({ data }, res) {
      // `null` stands for what JSON has no word for: to take it away.
      for (const [name, value] of Object.entries(data)) res.setState(name, value ?? undefined);
      res.success();
    },
    setInVain({ data }, res) {
      for (const [name, value] of Object.entries(data)) res.setState(name, value);
      res.fail(400, "no");
    },
    states: ({ context }, res) => res.success(JSON.stringify(context.states), "json"),
    async wait({ data }, res) {
      await pass(data);
      res.success("at last", "text");
    },
    async goOn({ data }, res) {
      res.success("at once", "text");
      await pass(data);
      finished(data);
    },
  };

  const told = (handler) => async (req) => {
    recordEvent(handler, req);
    const { gate } = req.context.states;
    if (handler !== "onConnected" || !gate) return;
    await pass(gate);
    finished(gate);
  };

  return {
    handleConnect(req, res) {
      recordEvent("handleConnect", req);
      const [does, answer, refuse] = ["does", "answer", "refuse"].map((name) => req.queries[name]?.[0]);
      if (does) return connects[does](req, res);
      if (refuse) return res.fail(Number(refuse), "the handler's own words");
      res.success(answer && JSON.parse(answer));
    },
    handleUserEvent(req, res) {
      recordEvent("handleUserEvent", req);
      const { eventName } = req.context;
      const name = eventName === "message" ? req.data : eventName;
      return (Object.hasOwn(events, name) ? events[name] : echo)(req, res);
    },
    onConnected: told("onConnected"),
    onDisconnected: told("onDisconnected"),
    onGroupJoined: told("onGroupJoined"),
    onGroupLeft: told("onGroupLeft"),
  };
};
