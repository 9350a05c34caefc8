// Access keys that are regenerated, and an issuer of Microsoft Entra ID tokens that fails.
import { createHmac } from "node:crypto";
import {
  closes,
  delays,
  firstPage,
  html,
  issues,
  resets,
  responds,
  respondsJson,
  staysSilent,
  works,
  worksFor,
  writes,
} from "../steps.js";

const BOTH = ["addUser", "sendToAll"];
const MANY = 10;

export const KEYS = { key: "the-first-key-of-the-test", newKey: "the-second-key-of-the-test" };

const isSignedWith = (key) => (token) => {
  const at = token.lastIndexOf(".");
  return createHmac("sha256", key).update(token.slice(0, at)).digest("base64url") === token.slice(at + 1);
};

/** The old key is regenerated while `MANY` requests are in flight: half of them are served before. */
const regenerated = () => {
  const withOld = worksFor(isSignedWith(KEYS.key));
  const withNew = worksFor(isSignedWith(KEYS.newKey));
  const inFlight = [];
  const step = {
    handle(exchange) {
      if (exchange.number >= MANY) return withNew.handle(exchange);
      inFlight.push(exchange);
      if (inFlight.length < MANY) return;
      for (const [number, held] of inFlight.entries()) (number < MANY / 2 ? withOld : withNew).handle(held);
    },
  };
  return [step];
};

export const keys = {
  title: "Access keys",
  scenarios: [
    {
      fault: `The key is regenerated while ${MANY} calls are in flight; then the app calls \`update()\` and repeats those that failed`,
      calls: BOTH,
      phases: (call) => [
        { call, times: MANY },
        { call, again: "Unauthorized", update: true },
      ],
      service: regenerated,
    },
    {
      fault: "The key is regenerated, and the app does nothing",
      calls: BOTH,
      service: () => [worksFor(isSignedWith(KEYS.newKey))],
    },
  ],
};

const claims = 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="';
const invalid = {
  error: "invalid_client",
  error_description: "AADSTS7000215: Invalid client secret provided.",
};
const isNewer = (token) => token !== "token-1";

/** Scenarios of the issuer; the service works. */
const issuer = (fault, steps, more) => ({
  fault,
  calls: BOTH,
  service: () => [works],
  issuer: () => steps,
  ...more,
});

/** Scenarios of the service; the issuer works. */
const service = (fault, steps, more) => ({
  fault,
  calls: BOTH,
  service: () => steps,
  issuer: () => [issues()],
  ...more,
});

/** A second call, with a token that the issuer wants to be replaced. */
const twice = (call) => [{ call }, { call }];
const atOnce = (call) => [{ call, times: MANY }];

export const entra = {
  title: "Microsoft Entra ID",
  scenarios: [
    issuer("The issuer refuses connections", [works], { isIssuerRefused: true }),
    issuer("The issuer resets the connection, once", [resets, issues()]),
    issuer("The issuer closes the connection, each time", [closes]),
    issuer("The issuer does not respond within `timeoutInMs`", [staysSilent], { timeout: 2_000 }),
    issuer("The issuer responds 429 with `Retry-After: 1`, once", [
      delays(429, 1_000, { "Retry-After": "1" }),
      issues(),
    ]),
    issuer("The issuer responds 503, once", [responds(503), issues()]),
    issuer("The issuer responds 500, each time", [responds(500)]),
    issuer("The issuer sends garbage in place of HTTP", [writes(() => "SSH-2.0-OpenSSH_9.6\r\n")]),
    issuer("The issuer responds 200 with an HTML page", [html]),
    issuer("The issuer responds 200 with JSON without a token", [
      respondsJson(200, { token_type: "Bearer" }),
    ]),
    issuer("The issuer rejects the client secret", [respondsJson(401, invalid)]),
    issuer(
      "The issuer responds 503 when a token is due for renewal",
      [issues({ refresh_in: 0 }), responds(503)],
      { phases: twice },
    ),
    issuer(`${MANY} calls at once without a token`, [issues()], { phases: atOnce }),
    issuer(`${MANY} calls at once while the issuer responds 503`, [responds(503)], { phases: atOnce }),
    service("401 for the first token", [worksFor(isNewer)]),
    service("401 for the first token, and a second call", [worksFor(isNewer)], { phases: twice }),
    service("401 with a claims challenge for the first token", [
      worksFor(isNewer, responds(401, { "WWW-Authenticate": claims })),
    ]),
    service("401 for every token", [responds(401)]),
    service("403", [responds(403)]),
    service("The token expires between two pages", [firstPage(), worksFor(isNewer)], {
      calls: ["listConnections"],
    }),
    service(
      "The token expires between two pages, and the list is read again",
      [firstPage(), worksFor(isNewer)],
      {
        calls: ["listConnections"],
        phases: twice,
      },
    ),
    service("200 with an HTML page", [html], { calls: ["getClientAccessToken"] }),
    service("204 in place of JSON", [responds(204)], { calls: ["getClientAccessToken"] }),
    service("Invalid JSON", [responds(200, { "Content-Type": "application/json" }, '{"token":')], {
      calls: ["getClientAccessToken"],
    }),
  ],
};
