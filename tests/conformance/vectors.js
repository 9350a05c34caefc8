// The vectors of `tests/vectors`, which the Rust tests run too: each is a check, so that neither side can drift.
import bodies from "../vectors/bodies.json" with { type: "json" };
import endpoints from "../vectors/endpoints.json" with { type: "json" };
import entra from "../vectors/entra.json" with { type: "json" };
import events from "../vectors/events.json" with { type: "json" };
import filters from "../vectors/filters.json" with { type: "json" };
import judge from "../vectors/judge.json" with { type: "json" };
import names from "../vectors/names.json" with { type: "json" };
import redaction from "../vectors/redaction.json" with { type: "json" };
import requests from "../vectors/requests.json" with { type: "json" };
import responses from "../vectors/responses.json" with { type: "json" };
import tokens from "../vectors/tokens.json" with { type: "json" };
import { AssertionError, equal } from "./assert.js";
import * as calls from "./vectors/calls.js";
import { casesOf } from "./vectors/cases.js";
import * as credentials from "./vectors/entra.js";
import * as webhooks from "./vectors/events.js";
import * as texts from "./vectors/texts.js";

/** The vectors of each subject, and what observes the output of one: `observe(pkg, case)`. */
export const SUBJECTS = {
  bodies: [bodies, webhooks.requests],
  endpoints: [endpoints, calls.addresses],
  entra: [
    entra,
    (pkg, vector) => (vector.credential ? credentials.tokens : credentials.freshness)(pkg, vector),
  ],
  events: [events, webhooks.requests],
  filters: [filters, (pkg, vector) => (vector.role ? texts.roles : texts.filters)(pkg, vector)],
  judge: [judge, calls.attempts],
  names: [names, calls.names],
  redaction: [redaction, calls.logs],
  requests: [requests, calls.requests],
  responses: [responses, webhooks.responses],
  tokens: [tokens, calls.requests],
};

/** @param {(name: string, run: () => Promise<void>) => void} check takes each check */
export function vectors(pkg, check) {
  for (const [subject, [all, observe]] of Object.entries(SUBJECTS)) {
    for (const vector of all) {
      const cases = casesOf(vector);
      if (cases.length === 0) continue;
      check(`${subject}: ${vector.name}`, async () => {
        for (const { expected, ...input } of cases) {
          try {
            equal(await observe(pkg, input), expected, "the output");
          } catch (error) {
            throw new AssertionError(`${error.message}, for ${JSON.stringify(input)}`, { cause: error });
          }
        }
      });
    }
  }
}
