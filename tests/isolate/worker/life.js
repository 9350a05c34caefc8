// The life of the core in its isolate: how it goes on after it stopped, and what becomes of objects that nobody
// needs. Only here the generated glue is imported, by its path, to see the core's memory and to break it.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import * as glue from "../../../node_modules/webpubsub-edge/dist/webpubsub_edge.js";
import { equal, ok, throws } from "../../conformance/assert.js";
import { attempt } from "../../conformance/suite.js";
import { makeCall } from "./calls.js";

const PAGE = 65_536;
const MANY = 10_000;
/** What may be in use between one collection and the next; all of them would take six times as much. */
const SLACK = 10 * PAGE;

const CONNECTION_STRING = "Endpoint=https://contoso.example;AccessKey=an-access-key-of-nobody;Version=1.0;";
const STOPPED = { code: "CORE_STOPPED" };

/** How much memory the core has, and how many references to values of JavaScript it has had at once. */
export const memory = () => {
  const { memory, __wbindgen_externrefs } = glue.initSync();
  return { bytes: memory.buffer.byteLength, references: __wbindgen_externrefs.length };
};

/** Ways in which the core stops: the call fails that does it. */
const STOPS = {
  "a pointer that leads nowhere"() {
    const core = new glue.ServiceCore(
      CONNECTION_STRING,
      true,
      undefined,
      "chat",
      undefined,
      undefined,
      false,
    );
    core.__wbg_ptr = 0xffff_fff0;
    throws(() => core.sign("https://contoso.example", 0), STOPPED);
  },

  "memory that ran out"({ service }) {
    const { memory } = glue.initSync();
    memory.grow(2 ** 16 - memory.buffer.byteLength / PAGE);
    throws(() => service.group("g".repeat(2 ** 22)), STOPPED);
  },

  // At every depth around the one where the stack ends; how each call ends is for the host to say.
  "a stack that ran out"({ service }) {
    let calls = 0;
    let worked = 0;
    const dive = (call) => {
      try {
        dive(call);
      } catch {
        // From here it rises.
      }
      if (calls++ > 1000) return;
      try {
        call();
        worked++;
      } catch {
        // There is too little room yet.
      }
    };
    for (const call of [() => service.group("crowd"), () => service.getClientAccessTokenSync()]) {
      calls = 0;
      dive(call);
    }
    ok(worked > 0, "calls that work where there is room");
  },
};

/** Everything that was made before the core stopped does what it did. */
const goesOn = async ({ service, byToken, events, group, ownEvent }) => {
  const signed = service.getClientAccessTokenSync({ userId: "u" });
  ok(signed.token, "a token");
  const headers = { "x-plan": "life", "x-fault": "none" };
  const options = { requestOptions: { customHeaders: headers } };
  await group.sendToAll("life", options);
  equal(await byToken.userExists("nobody", options), false);
  equal((await events.fetch(await ownEvent())).status, 200);
};

const CHECKS = {
  async "calls that wait while the core stops come to their ends"(tools) {
    const plan = (client, operation, fault) => ({ id: `${client} ${operation}`, client, operation, fault });
    const plans = [
      plan("service", "sendToAll", "slow"),
      plan("service", "sendStream", "busy"),
      plan("service", "userExists", "rubbish"),
      plan("service", "listConnections", "slow"),
      plan("byToken", "getClientAccessToken", "slow"),
      plan("byToken", "listConnections", "slow"),
    ];
    const pending = plans.map((plan) => makeCall(tools[plan.client], plan));
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const stop of Object.values(STOPS)) stop(tools);
    const ends = await Promise.all(pending);
    const said = ends.map(({ value, statusCode, message }) => value ?? statusCode ?? message ?? "sent");
    equal(said, ["sent", "sent", 500, 3, "byToken getClientAccessToken", 3]);
  },

  "clients that are disposed of leave nothing behind"() {
    const before = memory().bytes;
    for (let i = 0; i < MANY; i++) {
      using client = new WebPubSubServiceClient(CONNECTION_STRING, "chat");
      client.getClientAccessTokenSync();
    }
    ok(memory().bytes <= before, "no more memory than before");
  },

  async "clients and handlers that nobody holds leave nothing behind"() {
    const before = memory().bytes;
    for (let i = 0; i < MANY; i++) {
      new WebPubSubServiceClient(CONNECTION_STRING, "chat").getClientAccessTokenSync();
      new WebPubSubEventHandler("chat", { connectionString: CONNECTION_STRING });
      if (i % 500 > 0) continue;
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const grown = memory().bytes - before;
    ok(grown <= SLACK, `no more than ${SLACK} bytes for all of them, of which there are ${grown}`);
  },

  async "a client that was disposed of works when it is used again"({ service, group }) {
    const before = service.getClientAccessTokenSync().url.split("?")[0];
    const options = { requestOptions: { customHeaders: { "x-plan": "life", "x-fault": "slow" } } };
    const pending = group.sendToAll("life", options);
    service[Symbol.dispose]();
    service[Symbol.dispose]();
    equal(service.getClientAccessTokenSync().url.split("?")[0], before);
    await pending;
    await group.sendToAll("life", options);
  },
};
for (const [name, stop] of Object.entries(STOPS)) {
  CHECKS[`${name} stops one call and nothing else`] = async (tools) => {
    stop(tools);
    await goesOn(tools);
  };
}

export const lives = { checks: Object.keys(CHECKS), stops: Object.keys(STOPS) };

/** Runs a check, or stops the core; gives what is wrong in words, or an empty text. */
export const live = (name, tools) => attempt({ run: () => (CHECKS[name] ?? STOPS[name])(tools) });
