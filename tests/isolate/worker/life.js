// The life of the core in its isolate: how it goes on after it stopped, and that it needs no more memory with time.
// Every instance of the core is made in here, to see its memory and to break it.
import { WebPubSubEventHandler, WebPubSubServiceClient } from "webpubsub-edge";
import { equal, ok, throws } from "../../conformance/assert.js";
import { attempt } from "../../conformance/suite.js";
import { makeCall } from "./calls.js";

const MANY = 10_000;

const CONNECTION_STRING = "Endpoint=https://contoso.example;AccessKey=an-access-key-of-nobody;Version=1.0;";
const STOPPED = { code: "CORE_STOPPED" };

/** The memory of the instance that calls go to, how many instances there were, and whether the next call stops. */
let latest;
let instances = 0;
let stops = false;

const { Instance } = WebAssembly;
// The package makes its instance at the first call, which is later than this.
WebAssembly.Instance = class {
  constructor(module, imports) {
    const { exports } = new Instance(module, imports);
    latest = exports.memory;
    instances += 1;
    const call = (...args) => {
      const result = exports.call(...args);
      if (!stops) return result;
      stops = false;
      throw new WebAssembly.RuntimeError("unreachable");
    };
    this.exports = { ...exports, call };
  }
};

/** How much memory the core has, and how many instances of it there have been. */
export const memory = () => ({ bytes: latest.buffer.byteLength, instances });

/** Ways in which the core stops: the call fails that does it. */
const STOPS = {
  "a trap"({ service }) {
    stops = true;
    throws(() => service.group("g"), STOPPED);
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
    equal(memory().bytes, before);
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
