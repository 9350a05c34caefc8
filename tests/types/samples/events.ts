// The handler of events on the fetch API.
import {
  AzureKeyCredential,
  EventDeduplicator,
  MqttDisconnectReasonCode,
  MqttV311ConnectReturnCode,
  MqttV500ConnectReasonCode,
  WebPubSubEventHandler,
  WebPubSubServiceClient,
  type AccessKeys,
  type ConnectionContext,
  type ConnectDecision,
  type ConnectRequest,
  type ConnectResponse,
  type ConnectResponseHandler,
  type MqttConnectRequest,
  type MqttDisconnectedRequest,
  type UserEventHandler,
  type UserEventReply,
  type UserEventRequest,
  type UserEventResponseHandler,
  type WebPubSubEventHandlerOptions,
} from "webpubsub-edge";

const service = new WebPubSubServiceClient("<ConnectionString>", "chat");
const key = new AzureKeyCredential("<Key>");

export const chat = new WebPubSubEventHandler("chat", {
  path: "/events/",
  allowedEndpoints: ["https://contoso.webpubsub.azure.com"] as const,
  connectionString: "<ConnectionString>",
  maxBodyBytes: 65_536,
  handleConnect: (req, res) => res.success({ groups: ["room"], roles: ["webpubsub.sendToGroup.room"] }),
  handleUserEvent: async (req, res) => {
    await service.group("room").sendToAll({ from: req.context.userId, data: req.data });
    res.success();
  },
  onConnected: (req) => seen.add(req.context.connectionId),
  onDisconnected: async (req) => {
    seen.delete(req.context.connectionId);
    console.log(req.reason);
  },
  onGroupJoined: ({ context, group }) => console.log(context.connectionId, group),
  onGroupLeft: ({ context, group }) => console.log(context.connectionId, group),
  onError: (error, context) => console.error(error, context?.connectionId),
  authorize: (request, context) =>
    request.headers.get("authorization") !== null && context.origin.endsWith(".azure.com"),
});

const seen = new Set<string>();

export function keys(): WebPubSubEventHandler[] {
  const sources: (AccessKeys | (() => AccessKeys | Promise<AccessKeys>))[] = [
    "k",
    key,
    ["primary", key],
    () => key,
    async () => ["primary", "secondary"],
  ];
  return sources.map((accessKeys) => new WebPubSubEventHandler("chat", { accessKeys }));
}

export const unlocked: WebPubSubEventHandlerOptions = { dangerouslySkipSignatureVerification: true };

// A handler may return its answer.
export const returning: WebPubSubEventHandlerOptions = {
  handleConnect: async (req): Promise<ConnectResponse> => {
    if (req.claims?.["sub"]?.[0] === undefined) throw new Error("anonymous");
    const first = req.subprotocols?.[0];
    return first === undefined ? {} : { subprotocol: first };
  },
  handleUserEvent: (req) => {
    switch (req.dataType) {
      case "text":
        return { data: req.data.toUpperCase(), dataType: "text" };
      case "json":
        return { data: { echo: req.data }, dataType: "json" };
      case "binary":
        return req.contentType === "application/x-protobuf"
          ? undefined
          : { data: new Uint8Array(req.data), dataType: "binary" };
    }
  },
};

export const echo = (req: UserEventRequest): UserEventReply => req;

// Events are passed on as what they are.
export const passing = async (req: UserEventRequest) => {
  await service.sendToAll(req, { excludedConnections: [req.context.connectionId] });
  await service.sendToUser("ada", req);
  await service.sendToConnection("c1", req);
  await service.group("room").sendToAll(req, { filter: "userId ne null" });
  if (req.dataType === "text") await service.sendToAll(req.data, { contentType: req.contentType });
  if (req.dataType === "binary") await service.sendToAll(req.data);
};

interface Seat {
  name: string;
  calls: number;
}
interface Move {
  from: string;
  to: string;
}
interface TokenClaims {
  role?: string[];
}

// The types of the state, of the data and of the claims.
export const chess = new WebPubSubEventHandler<Seat, Move, TokenClaims>("chess", {
  connectionString: "<ConnectionString>",
  handleConnect: (req, res) => {
    const role: string | undefined = req.claims?.role?.[0];
    res.setState("name", role ?? "guest");
    res.success();
  },
  on: {
    move(req, res) {
      const { from, to }: Move = req.json();
      const calls: number = (req.context.states.calls ?? 0) + 1;
      res.setState("calls", calls);
      res.setState("name", undefined);
      res.success(`${from}-${to}`);
    },
    resign: async (req) => ({ data: req.context.states.name ?? "", dataType: "text" }),
  },
  handleUserEvent: (req) => {
    if (req.dataType === "json") console.log(req.data.from);
    const { x }: { x: number } = req.json<{ x: number }>();
    console.log(x);
  },
  onConnected: (req) => console.log(req.context.states.name?.length),
});

// Without types, the state has any names, and nothing is known of JSON.
export const untyped = new WebPubSubEventHandler("chat", {
  connectionString: "<ConnectionString>",
  handleUserEvent: (req: UserEventRequest, res: UserEventResponseHandler) => {
    const value: unknown = req.json();
    res.setState("last", value);
    const count: number = req.context.states["count"];
    console.log(count, req.contentType?.startsWith("text/"));
  },
  on: {
    join(req) {
      const name: string = req.context.states["name"];
      console.log(name);
    },
  },
});

const named: UserEventHandler<Seat, Move> = (req, res) => res.success(req.json().from);
export const handlers: WebPubSubEventHandlerOptions<Seat, Move> = { on: { named } };

export const certified = (req: ConnectRequest, res: ConnectResponseHandler): void => {
  const { clientCertificates = [], queries = {}, headers = {} } = req;
  if (clientCertificates.some((certificate) => certificate.content?.includes("BEGIN CERTIFICATE")))
    return res.success();
  if (queries["code"]?.includes("x") || headers["authorization"]) return res.fail(403, "not you");
  res.failWith({ code: 401, detail: "no certificate" });
};

export const decide = (req: ConnectRequest): ConnectDecision =>
  req.clientCertificates?.length
    ? { roles: ["webpubsub.sendToGroup"] }
    : { code: 401, detail: "no certificate" };

export const deciding: WebPubSubEventHandlerOptions = { handleConnect: decide };

export const mqtt: WebPubSubEventHandlerOptions = {
  handleConnect: (req, res) => {
    if (req.mqtt && req.mqtt.protocolVersion === 4) {
      return res.failWith({ mqtt: { code: MqttV311ConnectReturnCode.NotAuthorized } });
    }
    const mqttRequest = req as MqttConnectRequest;
    if (!mqttRequest.mqtt.username) {
      return res.failWith({
        mqtt: {
          code: MqttV500ConnectReasonCode.Banned,
          reason: "who?",
          userProperties: [{ name: "a", value: "b" }],
        },
      });
    }
    res.success({ userId: mqttRequest.mqtt.username, mqtt: { userProperties: [{ name: "a", value: "b" }] } });
  },
  onDisconnected: (req) => {
    const { disconnectPacket, initiatedByClient } = (req as MqttDisconnectedRequest).mqtt;
    return initiatedByClient && disconnectPacket?.code === MqttDisconnectReasonCode.NormalDisconnection;
  },
};

const deduplicator = new EventDeduplicator({ maxEntries: 100, maxAgeInMs: 60_000 });

export const once: WebPubSubEventHandlerOptions = {
  handleUserEvent: async (req, res) => {
    if (deduplicator.isDuplicate(req.context)) return;
    const calls: number = (req.context.states["calls"] ?? 0) + 1;
    res.setState("calls", calls);
    try {
      res.success(`${calls}`, "text");
    } catch (error) {
      deduplicator.forget(req.context);
      throw error;
    }
  },
};

export const facts = ({
  id,
  time,
  source,
  subprotocol,
  metadata,
  mqtt,
  clientProtocol,
}: ConnectionContext) => [
  id,
  time,
  source,
  subprotocol,
  metadata?.["locale"],
  mqtt?.physicalConnectionId,
  clientProtocol === "mqtt",
];
