// The checks of mqtt.js that need an event handler.
import assert from "node:assert/strict";
import { assertMessages, ROLES } from "./mqtt-stage.js";

/** The checks, with the version of MQTT and the event handler. */
export const EVENT_CHECKS = {
  "events and their answers": async ({ connect }, protocolVersion, handler) => {
    const isV5 = protocolVersion === 5;
    const clientId = `asker${protocolVersion}`;
    const accepted = {
      userId: "ann",
      roles: ROLES,
      mqtt: { userProperties: [{ name: "a", value: "b" }] },
    };
    const answers = {
      "sys.connect": { status: 200, body: JSON.stringify(accepted) },
      "user.echo": {
        status: 200,
        headers: { "Content-Type": "text/plain", "mqtt-left": "right" },
        body: "hello",
      },
      "user.fail": { status: 400, body: "no" },
    };
    handler.answers[clientId] = (type) => answers[type];
    const login = { username: "u", password: "secret" };
    const { client, connack, messages, next } = await connect({ ...login, clientId, protocolVersion });
    if (isV5) assert.deepEqual({ ...connack.properties.userProperties }, { a: "b" });
    const asked = JSON.parse((await handler.event(clientId, "sys.connect")).body);
    assert.deepEqual(asked.subprotocols, ["mqtt"]);
    assert.deepEqual(asked.mqtt, {
      protocolVersion,
      cleanStart: true,
      username: "u",
      password: Buffer.from("secret").toString("base64"),
      userProperties: isV5 ? [] : null,
    });
    await handler.event(clientId, "sys.connected");
    const properties = {
      contentType: "text/plain",
      correlationData: Buffer.from("7"),
      userProperties: { up: "down" },
    };
    const options = { qos: 1, ...(isV5 && { properties }) };
    const topic = "$webpubsub/server/events";
    await client.publishAsync(`${topic}/echo`, "hi", options);
    await client.publishAsync(`${topic}/fail`, "hi", options);
    await next(2);
    assertMessages(messages, [
      { topic: `${topic}/echo/succeeded`, payload: "hello", qos: 1 },
      { topic: `${topic}/fail/failed`, payload: "no", qos: 1 },
    ]);
    const { headers, body } = await handler.event(clientId, "user.echo");
    assert.deepEqual([body.toString(), headers["ce-userid"]], ["hi", "ann"]);
    assert.equal(headers["content-type"], isV5 ? "text/plain" : "application/octet-stream");
    assert.equal(headers["mqtt-up"], isV5 ? "down" : undefined);
    if (isV5) {
      const [echoed, failed] = messages.map(({ packet }) => packet.properties);
      assert.deepEqual({ ...echoed.userProperties }, { left: "right", "azure-status-code": "200" });
      assert.deepEqual([echoed.contentType, String(echoed.correlationData)], ["text/plain", "7"]);
      assert.equal(failed.userProperties["azure-status-code"], "400");
    }
    await client.endAsync();
    const ended = JSON.parse((await handler.event(clientId, "sys.disconnected")).body);
    const disconnectPacket = { code: 0, userProperties: isV5 ? [] : null };
    assert.deepEqual(ended.mqtt, { initiatedByClient: true, disconnectPacket });
    const types = ["sys.connect", "sys.connected", "user.echo", "user.fail", "sys.disconnected"];
    assert.deepEqual(handler.types(clientId), types);
  },

  "refusals by the event handler": async ({ refused }, protocolVersion, handler) => {
    const isV5 = protocolVersion === 5;
    const clientId = `barred${protocolVersion}`;
    const code = isV5 ? 138 : 5;
    const answers = [
      {
        status: 401,
        body: JSON.stringify({ mqtt: { code, reason: "banned" } }),
      },
      { status: 400 },
    ];
    handler.answers[clientId] = () => answers.shift();
    assert.equal((await refused({ clientId, protocolVersion })).code, code);
    assert.equal((await refused({ clientId, protocolVersion })).code, isV5 ? 134 : 4);
    assert.deepEqual(handler.types(clientId), ["sys.connect", "sys.connect"]);
  },
};
