// What start() gives control of: faults, the clock, tokens, the traffic, hubs; and the options that are files and handlers.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../programs.js";
import { node } from "./projects.js";
import { rejection, script } from "./scripts.js";

/** What most scripts need: an app that handles events, the emulator, a REST client, and WebSocket clients. */
const SETUP = `
  import assert from "node:assert/strict";
  import { once } from "node:events";
  import { createServer } from "node:http";
  import { WebPubSubServiceClient } from "@azure/web-pubsub";
  import WebSocket from "ws";

  const received = [];
  const app = createServer((request, response) => {
    if (request.method === "OPTIONS") response.setHeader("WebHook-Allowed-Origin", "*");
    else received.push(request.url);
    response.end();
  });
  await once(app.listen(0, "127.0.0.1"), "listening");
  app.unref();
  const url = \`http://127.0.0.1:\${app.address().port}\`;
  const connect = async (service, userId = "ada", protocol) => {
    const hub = new WebPubSubServiceClient(service.connectionString, "chat", { allowInsecureConnection: true });
    const client = new WebSocket((await hub.getClientAccessToken({ userId })).url, protocol);
    client.texts = [];
    client.on("message", (data) => client.texts.push(String(data)));
    await once(client, "open");
    return client;
  };
  const hubOf = (service, retryOptions = { maxRetries: 2, retryDelayInMs: 1 }) =>
    new WebPubSubServiceClient(service.connectionString, "chat", { allowInsecureConnection: true, retryOptions });
`;

/** Runs a script that checks things by itself, and ends the emulator. */
const passes = async (projects, code) => {
  const links = ["@azure/web-pubsub", "ws"];
  const all = `${SETUP}${code}\nawait service.stop();\nconsole.log("passed");\nprocess.exit();`;
  for (const version of [20, 24]) assert.match(await script(projects, all, { version, links }), /passed\n$/);
};

export const CHECKS = {
  "faults: added, used up, listed, removed": (projects) =>
    passes(
      projects,
      `const service = await start();
       const id = await service.faults.add({ on: "rest", path: "*/:send", times: 2, status: 503 });
       const kept = await service.faults.add({ on: "event", event: "message", reset: "before" });
       const { remaining, ...fault } = (await service.faults.list())[0];
       assert.deepEqual(fault, { id, on: "rest", path: "*/:send", times: 2, status: 503 });
       await hubOf(service).sendToAll({ hello: 1 });
       const calls = await service.traffic.list({ kind: "rest" });
       assert.deepEqual(calls.map(({ response, fault }) => [response.status, fault]), [
         [503, id],
         [503, id],
         [202, undefined],
       ]);
       assert.deepEqual((await service.faults.list()).map(({ id }) => id), [kept]);
       assert.equal(await service.faults.remove(id), false);
       assert.equal(await service.faults.remove(kept), true);
       await service.faults.add({ on: "connect", delayMs: 1 });
       await service.faults.clear();
       assert.deepEqual(await service.faults.list(), []);`,
    ),

  "faults: what is wrong with one": async (projects) => {
    const code = `const service = await start();
      const say = (error) => console.log(error.name + ": " + error.message);
      await service.faults.add({ on: "rest", stauts: 503 }).catch(say);
      await service.faults.add({ on: "rest" }).catch(say);
      await service.faults.remove("x").then(console.log);
      await service.clock.set(1e16).catch(say);
      await service.traffic.list({ kin: "rest" }).catch(say);
      await service.traffic.watch({ kind: "rst" }).catch(say);
      await service.hubs.send("no hub", { data: 1 }).catch(say);
      await service.stop();
      await service.reset().catch(say);`;
    const said = (await script(projects, code)).trim().split("\n");
    const wanted = [
      /^Error: There is no member 'stauts'. Did you mean 'status'\?$/,
      /^Error: The fault does nothing\. Give it one of/,
      /^false$/,
      /^Error: The offset must be between/,
      /^Error: There is no parameter 'kin'. Did you mean 'kind'\?$/,
      /^Error: The kind is not valid/,
      /^Error: Invalid hub name|^Error: .*hub/,
      /^Error: The emulator's admin API cannot be reached \(.*\): has the emulator stopped\?$/,
    ];
    assert.equal(said.length, wanted.length, said.join("\n"));
    for (const [index, line] of said.entries()) assert.match(line, wanted[index]);
  },

  "clock and tokens": (projects) =>
    passes(
      projects,
      `const service = await start();
       assert.equal((await service.clock.set(-3_600_000)).offsetMs, -3_600_000);
       const { offsetMs, time } = await service.clock.advance(7_200_000);
       assert.equal(offsetMs, 3_600_000);
       assert(Date.parse(time) > Date.now() + 3_500_000, time);
       // Its tokens, which live for an hour, are an hour old.
       await service.clock.advance(600_000);
       await assert.rejects(hubOf(service).sendToAll("x"), { statusCode: 401 });
       await service.reset();
       assert.equal((await service.clock.get()).offsetMs, 0);
       const token = await hubOf(service).getClientAccessToken();
       await service.tokens.expire();
       const [error] = await once(new WebSocket(token.url), "error");
       assert.match(error.message, /401/);
       await connect(service);`,
    ),

  "traffic: awaited, also what was there before": (projects) =>
    passes(
      projects,
      `const service = await start({ handlers: { chat: url + "/{event}" } });
       const later = service.traffic.wait({ kind: "frame", text: "hello" });
       const client = await connect(service);
       client.send("hello");
       const { direction, opcode, body, user } = await later;
       assert.deepEqual([direction, opcode, body.text, user], ["in", "text", "hello", "ada"]);
       const event = await service.traffic.wait({ kind: "event" }, { where: ({ event }) => event === "user.message" });
       assert.deepEqual([event.response.status, event.request.body.text], [200, "hello"]);
       assert.equal(event.request.headers["ce-signature"], "***");
       assert.deepEqual(received, ["/connect", "/connected", "/message"]);
       const slow = service.traffic.wait(
         { kind: ["event", "frame"], hub: "chat" },
         { where: () => false, timeoutInMs: 100 },
       );
       await assert.rejects(slow, /No matching record of .*"frame".* in 100 ms[^]*\\n  event user.message: 200/);
       await service.traffic.clear();
       assert.deepEqual(await service.traffic.list(), []);
       const none = service.traffic.wait({ kind: "event" }, { timeoutInMs: 100 });
       await assert.rejects(none, { message: 'No matching record of {"kind":"event"} in 100 ms (timeoutInMs).' });`,
    ),

  "traffic: followed until the emulator stops": (projects) =>
    passes(
      projects,
      `const service = await start();
       const records = await service.traffic.watch({ kind: "rest" });
       for (let number = 0; number < 3; number++) await hubOf(service).sendToAll({ number });
       const bodies = [];
       for await (const record of records) {
         bodies.push(record.request.body.text);
         if (bodies.length === 3) break;
       }
       assert.deepEqual(bodies, ['{"number":0}', '{"number":1}', '{"number":2}']);
       const [first] = await service.traffic.list({ kind: "rest" });
       const rest = await service.traffic.watch({ kind: "rest" }, { after: first.seq });
       const waiting = assert.rejects(service.traffic.wait({ kind: "lost" }), /The emulator stopped before/);
       setTimeout(() => service.stop(), 100);
       let count = 0;
       for await (const record of rest) count += record.kind === "rest" ? 1 : 0;
       assert.equal(count, 2);
       await waiting;`,
    ),

  "hubs: connections, and what is sent to them and ends them": (projects) =>
    passes(
      projects,
      `const service = await start();
       assert.deepEqual(await service.hubs.list(), []);
       const [ada, bob] = [await connect(service), await connect(service, "bob", "json.webpubsub.azure.v1")];
       await hubOf(service).group("room").addUser("ada");
       assert.deepEqual(await service.hubs.list(), [{ name: "chat", connections: 2, groups: 1, users: 2 }]);
       assert.deepEqual(await service.hubs.groups("chat"), { total: 1, items: [{ name: "room", connections: 1 }] });
       assert.deepEqual((await service.hubs.users("chat", { limit: 1 })).items, [{ id: "ada", connections: 1 }]);
       const { items } = await service.hubs.connections("chat", { user: "bob" });
       assert.deepEqual([items.length, items[0].subprotocol], [1, "json.webpubsub.azure.v1"]);
       assert.equal(await service.hubs.send("chat", { group: "room", dataType: "text", data: "text" }), 1);
       const bytes = new TextEncoder().encode("bytes");
       assert.equal(await service.hubs.send("chat", { user: "ada", dataType: "binary", data: bytes }), 1);
       assert.equal(await service.hubs.send("chat", { data: { json: true } }), 2);
       while (ada.texts.length < 3) await once(ada, "message");
       assert.deepEqual(ada.texts, ["text", "bytes", '{"json":true}']);
       const closed = once(ada, "close");
       assert.equal(await service.hubs.drop("chat", { user: "ada", code: 4000, reason: "enough" }), 1);
       assert.deepEqual((await closed).map(String), ["4000", "enough"]);
       const cut = once(bob, "close");
       assert.equal(await service.hubs.drop("chat"), 1);
       assert.equal((await cut)[0], 1006);`,
    ),

  "several handlers, each with its events": (projects) =>
    passes(
      projects,
      `const handlers = {
         chat: [
           { urlTemplate: url + "/orders/{event}", userEventPattern: "order, message" },
           { urlTemplate: url + "/life/{event}", systemEvents: ["connect", "disconnected"], userEventPattern: undefined },
           { urlTemplate: url + "/groups/{event}", groupPresenceEvents: { eventNames: ["joined"] } },
         ],
         "*": url + "/others/{hub}/{event}",
         unset: undefined,
       };
       const service = await start({ handlers, eventRetryDelaysInMs: [], eventTimeoutInMs: 5000 });
       const client = await connect(service);
       client.send("hello");
       await service.traffic.wait({ kind: "event", text: "user.message" });
       await hubOf(service).group("g").addUser("ada");
       await service.traffic.wait({ kind: "event", text: "gp.joined" });
       assert.deepEqual(received, ["/life/connect", "/orders/message", "/groups/joined"]);`,
    ),

  "a config file, whose port counts; the traffic in a file; anonymous clients": async (projects) => {
    const folder = await projects.create({
      "emulator.toml":
        'port = 0\naccessKeys = ["from-the-file"]\n[hubs.open]\nanonymousConnectPolicy = "allow"\n',
      "main.js": `
        import { start } from "webpubsub-emulator";
        const service = await start({
          config: "emulator.toml",
          trafficFile: "traffic.jsonl",
          anonymousConnect: ["lobby"],
          publicEndpoint: "https://chat.example",
        });
        await fetch(service.adminUrl + "/api/hubs");
        await service.hubs.send("chat", { data: "x" });
        console.log(service.connectionString);
        await service.stop();`,
    });
    const output = await run(node(20), ["main.js"], { cwd: folder });
    assert.equal(output, "Endpoint=https://chat.example;AccessKey=from-the-file;Version=1.0;\n");
    assert.equal(await readFile(join(folder, "traffic.jsonl"), "utf8"), "");
    await writeFile(join(folder, "emulator.toml"), "port = 0\naccessKeys = 1\n");
    const refused = run(node(20), ["main.js"], { cwd: folder });
    await assert.rejects(refused, /exit code 1[^]*emulator\.toml:2:14: /);
    assert.match(await rejection(projects, "{ config: '/nowhere.toml' }"), /cannot read the config file/);
  },

  "TLS, with a certificate to trust": async (projects) => {
    const folder = await projects.create({
      "main.js": `
        import { readFile } from "node:fs/promises";
        import { get } from "node:https";
        import { start } from "webpubsub-emulator";
        const service = await start({ tls: true, tlsCertFile: "emulator.pem" });
        const ca = await readFile("emulator.pem");
        get(service.endpoint + "/api/health", { ca }, async ({ statusCode }) => {
          const [call] = await service.traffic.list({ kind: "rest" });
          console.log(new URL(service.endpoint).protocol, statusCode, call.response.status);
          await service.stop();
        });`,
    });
    assert.equal(await run(node(20), ["main.js"], { cwd: folder }), "https: 200 200\n");
  },
};
