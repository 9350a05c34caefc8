// Every call that is measured, by the names of plan.js, and what a call that worked looks like. Runs in every runtime.
import { BODY_BYTES, SERIES, pointName } from "../plan.js";
import { eventCalls, expressCalls } from "./events.js";
import { clients, network } from "./service.js";

const access = { userId: "user-1", roles: ["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroup.room"] };
const message = { from: "user-1", text: "A chat message of typical length, as people send it." };

/** The same call of both clients. */
const both = (call) => ({ ours: () => call(clients.ours), official: () => call(clients.official) });

const isToken = ({ url }) => /^wss:.*access_token=[\w-]+\.[\w-]+\.[\w-]+/.test(url);
const isSuccess = ({ status }) => status === 200 || status === 204;
/** Whether so many requests were sent, each with so many excluded connections. */
const isSent = (requests, excluded) => () =>
  network.requests === requests && (network.url.match(/excluded=/g) ?? []).length === excluded;

const seriesCalls = {
  concurrent: (calls) => ({
    sides: both((client) => Promise.all(Array.from({ length: calls }, () => client.sendToAll(message)))),
    isRight: isSent(calls, 0),
  }),
  excluded: (count) => {
    // Shorter than the service's ids: 300 of those make a URL that servers reject.
    const excludedConnections = Array.from({ length: count }, (_, i) => `connection-${i}`.padEnd(16, "x"));
    return {
      sides: both((client) => client.sendToAll(message, { excludedConnections })),
      isRight: isSent(1, count),
    };
  },
  body: (bytes) => {
    const text = "a".repeat(bytes);
    return {
      sides: both((client) => client.sendToAll(text, { contentType: "text/plain" })),
      isRight: isSent(1, 0),
    };
  },
  eventBody: (bytes) => ({ sides: eventCalls(bytes), isRight: isSuccess }),
};

const calls = {
  token: { sides: both((client) => client.getClientAccessToken(access)), isRight: isToken },
  sendToAll: { sides: both((client) => client.sendToAll(message)), isRight: isSent(1, 0) },
  event: { sides: eventCalls(BODY_BYTES), isRight: isSuccess },
  express: { sides: expressCalls(BODY_BYTES), isRight: isSuccess },
};
for (const [series, { points }] of Object.entries(SERIES)) {
  for (const point of points) calls[pointName(series, point)] = seriesCalls[series](point);
}

/** Makes one call and throws unless it did what it is measured for. */
export const check = async ({ name, side }) => {
  const { sides, isRight } = calls[name];
  network.requests = 0;
  const value = await sides[side]();
  if (!isRight(value)) throw new Error(`${name}, ${side}: the call returned without the expected outcome`);
};

/** Makes a call so many times, one after the other. */
export const repeat = async ({ name, side, times }) => {
  const call = calls[name].sides[side];
  for (let i = 0; i < times; i++) await call();
};

/** Makes every kind of call of this package so many times. */
export const repeatAll = async ({ times }) => {
  for (let i = 0; i < times; i++) {
    await calls.token.sides.ours();
    await calls.sendToAll.sides.ours();
    await calls.event.sides.ours();
  }
};
