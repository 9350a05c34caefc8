// Complete responses that are errors, that ask for a delay, or that no operation defines.
import { delays, firstPage, html, redirects, refuses, responds, respondsJson, works } from "../steps.js";

const BOTH = ["addUser", "sendToAll"];
const JSON_TYPE = { "Content-Type": "application/json" };

export const contents = {
  title: "Responses that are not the service's",
  scenarios: [
    {
      fault: "200 with an HTML page",
      calls: ["addUser", "groupExists", "listConnections", "sendToAll"],
      service: () => [html],
    },
    {
      fault: "JSON with another content type",
      calls: ["listConnections"],
      service: () => [responds(200, { "Content-Type": "text/html" }, '{"value":[{"connectionId":"c1"}]}')],
    },
    {
      fault: "Invalid JSON",
      calls: ["listConnections"],
      service: () => [responds(200, JSON_TYPE, '{"value":[')],
    },
    {
      fault: "JSON of another shape",
      calls: ["listConnections"],
      service: () => [respondsJson(200, { items: [] })],
    },
    { fault: "204 in place of JSON", calls: ["listConnections"], service: () => [responds(204)] },
    {
      fault: "A link to a next page on another host",
      calls: ["listConnections"],
      elsewhere: true,
      service: () => [firstPage(({ server }) => server.elsewhere), works],
    },
  ],
};

export const refusals = {
  title: "Refusals",
  scenarios: [
    {
      fault: "400",
      calls: BOTH,
      service: () => [
        refuses(400, "Error.BadRequest", "Invalid syntax for 'x': Syntax error at position 1."),
      ],
    },
    { fault: "401, with the clocks in agreement", calls: BOTH, service: () => [responds(401)] },
    { fault: "403", calls: BOTH, service: () => [responds(403)] },
    {
      fault: "404",
      calls: ["addUser", "closeConnection", "groupExists", "sendToAll"],
      service: () => [refuses(404, "Warning.User.NotExisted", "User `ada` is not found.")],
    },
    { fault: "409", calls: BOTH, service: () => [responds(409)] },
    { fault: "413", calls: BOTH, service: () => [responds(413)] },
  ],
};

const HOUR = 3_600_000;
const dated = (offset) => ({
  handle(exchange) {
    const challenge =
      'Bearer error="invalid_token", error_description="The token is expired or not valid yet"';
    const date = offset === null ? null : new Date(Date.now() + offset).toUTCString();
    exchange.respond(401, { Date: date, "WWW-Authenticate": challenge });
  },
});

export const clocks = {
  title: "Clocks",
  scenarios: [
    {
      fault: "401, with the clock of the service an hour ahead",
      calls: BOTH,
      service: () => [dated(HOUR)],
    },
    {
      fault: "401, with the clock of the service an hour behind",
      calls: BOTH,
      service: () => [dated(-HOUR)],
    },
    { fault: "401 without a `Date` header", calls: BOTH, service: () => [dated(null)] },
  ],
};

/** At least a second from when the client reads it, which has no fractions and may take the client a while. */
const soon = () => new Date(Date.now() + 3_000).toUTCString();

/** Each form of the headers that ask for a delay: what it asks for in milliseconds, if a client can tell. */
const FORMS = [
  ["without `Retry-After`", undefined, {}],
  ["`Retry-After: 0`", 0, { "Retry-After": "0" }],
  ["`Retry-After: 1`", 1_000, { "Retry-After": "1" }],
  ["`Retry-After` with a date", 1_000, () => ({ "Retry-After": soon() })],
  ["`Retry-After` with a past date", 0, { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" }],
  ["`retry-after-ms: 500`", 500, { "retry-after-ms": "500" }],
  ["`x-ms-retry-after-ms: 500`", 500, { "x-ms-retry-after-ms": "500" }],
  ["`retry-after-ms: 500` and `Retry-After: 3600`", 500, { "retry-after-ms": "500", "Retry-After": "3600" }],
  ["`Retry-After: -5`", undefined, { "Retry-After": "-5" }],
  ["`Retry-After: soon`", undefined, { "Retry-After": "soon" }],
  ["`Retry-After: 3600`, longer than `maxRetryDelayInMs`", undefined, { "Retry-After": "3600" }],
];

/** One scenario for each status; rows with the same outcome are merged. */
const each = (statuses, rest, steps, more) =>
  statuses.map((status) => ({
    fault: `${status}${rest}`,
    variant: String(status),
    family: `${statuses} ${rest}`,
    rest,
    calls: BOTH,
    service: () => steps(status),
    ...more,
  }));

export const throttling = {
  title: "Statuses that are retried",
  scenarios: [
    ...FORMS.flatMap(([name, delay, headers]) =>
      each([429, 503], `, once, ${name}`, (status) => [delays(status, delay, headers), works]),
    ),
    ...each([429, 503], ", each time", (status) => [responds(status)]),
    ...each([408, 500, 502, 504], ", once", (status) => [responds(status), works]),
    ...each([408, 500, 502, 504], ", each time", (status) => [responds(status)]),
    ...each([501, 505], ", each time", (status) => [responds(status)]),
  ],
};

const MOVED = [301, 302, 307, 308];

export const redirections = {
  title: "Redirects",
  scenarios: [
    ...each(MOVED, " to the same host", (status) => [redirects(status, false), works]),
    ...each(MOVED, " to another host", (status) => [redirects(status, true), works], { elsewhere: true }),
  ],
};
