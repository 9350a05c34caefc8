// MQTT: what its clients bring, and the codes that refuse them.
import { equal, ok } from "../assert.js";
import { MQTT, event, jsonOf, text } from "../webhooks.js";

export function mqtt(check, { pkg, handler, given }) {
  const headers = { ...MQTT, "ce-sessionId": undefined };
  const body = (protocolVersion) => ({
    mqtt: { protocolVersion, cleanStart: true, username: null, password: null, userProperties: null },
    claims: {},
    subprotocols: ["mqtt"],
  });
  const connect = (protocolVersion, handleConnect, options) =>
    handler({ handleConnect, ...options }).handle(event("sys.connect", body(protocolVersion), { headers }));

  check("gives what MQTT clients bring", async () => {
    const { req } = await given("handleConnect", event("sys.connect", body(5), { headers }));
    equal(req.mqtt, { protocolVersion: 5, cleanStart: true });
    equal(req.context.clientProtocol, "mqtt");
    equal(req.context.mqtt, { physicalConnectionId: "p-1" });
    const user = await given("handleUserEvent", text("hi", { ...MQTT, "MQTT-Color": "red" }));
    equal(user.req.context.mqtt, {
      physicalConnectionId: "p-1",
      sessionId: "s-1",
      userProperties: [{ name: "color", value: "red" }],
    });
    const packet = { code: 0, userProperties: null };
    const gone = { reason: "", mqtt: { initiatedByClient: true, disconnectPacket: packet } };
    const left = await given("onDisconnected", event("sys.disconnected", gone, { headers: MQTT }));
    equal(left.req.mqtt, { initiatedByClient: true, disconnectPacket: { code: 0 } });
    const broken = { mqtt: { initiatedByClient: false, disconnectPacket: null } };
    const lost = await given("onDisconnected", event("sys.disconnected", broken, { headers: MQTT }));
    equal(lost.req.mqtt, broken.mqtt);
    const other = await given("handleUserEvent", text("hi", { ...MQTT, "ce-subprotocol": "json" }));
    equal([other.req.context.clientProtocol, other.req.context.mqtt], ["default", undefined]);
  });

  check("accepts an MQTT client", async () => {
    const answer = { mqtt: { userProperties: [{ name: "a", value: "1" }] }, subprotocol: "mqtt" };
    equal(await jsonOf(await connect(5, () => answer)), answer);
  });

  check("rejects an MQTT client whose version is unknown as one of an unsupported version", async () => {
    for (const version of [3, undefined]) {
      const response = await connect(version, (req, res) => res.fail(401, "why"));
      equal([response.status, await jsonOf(response)], [401, { mqtt: { code: 1, reason: "why" } }]);
    }
  });

  check("rejects an MQTT client with a returned code", async () => {
    equal((await connect(5, () => ({ mqtt: { code: 138 } }))).status, 403);
  });

  check("refuses an MQTT client in its own words when the handler fails", async () => {
    const response = await connect(5, () => Promise.reject(new Error("secret")), { onError: () => {} });
    equal(response.status, 500);
    const { code, reason } = (await jsonOf(response)).mqtt;
    equal(code, 128);
    ok(!reason.includes("secret"));
  });

  check("knows the codes by name and by number", async () => {
    equal(pkg.MqttV311ConnectReturnCode.NotAuthorized, 5);
    equal(pkg.MqttV500ConnectReasonCode[135], "NotAuthorized");
    equal(pkg.MqttDisconnectReasonCode.KeepAliveTimeout, 141);
  });
}
