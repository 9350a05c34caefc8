// Plays one scenario with one client: starts its servers, has the client make the calls, and counts what arrived.
import { KEYS } from "./scenarios/credentials.js";
import { startServer } from "./server.js";
import { works } from "./steps.js";

/** A privileged port, which no server of a test is given, and on which nothing listens. */
const NOBODY = "http://127.0.0.1:3";

/** Retries that do not keep the tests waiting; delays that the service asks for are kept. */
const RETRY = { maxRetries: 3, retryDelayInMs: 1 };

/** A limit that no call comes near unless the scenario sets one. */
const TIMEOUT = 60_000;

/**
 * Returns the outcomes of the calls, by phase, and all requests that the servers read:
 * `{ phases, attempts, service, issuer, elsewhere }`.
 */
export const play = async (scenario, call, client) => {
  const service = await startServer(scenario.service());
  const issuer = scenario.issuer && (await startServer(scenario.issuer()));
  const elsewhere = scenario.elsewhere && (await startServer([works]));
  service.elsewhere = elsewhere?.origin;
  const phases = scenario.phases?.(call) ?? [...(scenario.warmUp ? [{ call }] : []), { call }];
  try {
    const outcome = await client({
      ...KEYS,
      origin: scenario.isRefused ? NOBODY : service.origin,
      issuer: scenario.isIssuerRefused ? NOBODY : issuer?.origin,
      retry: { ...RETRY, ...scenario.retry },
      timeout: scenario.timeout ?? TIMEOUT,
      phases,
    });
    return {
      ...outcome,
      service: service.exchanges,
      issuer: issuer?.exchanges,
      elsewhere: elsewhere?.exchanges ?? [],
    };
  } finally {
    for (const server of [service, issuer, elsewhere]) server?.stop();
  }
};
