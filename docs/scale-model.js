// What a deployment needs from Azure Web PubSub: `node docs/scale-model.js` prints the table in docs/scale.md. With options
// it prints a row for a deployment of your own, with its cost if prices are given.
//
// The figures of the service are those of Microsoft's performance guide and billing model, which docs/scale.md links.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const CONNECTIONS_PER_UNIT = 1000;
/** The billing model recommends to use no more of the units. */
const UTILIZATION = 0.8;
/** The traffic that one unit carries, in bytes a second, by the way that messages take. */
const BYTES_PER_UNIT = {
  broadcast: 6_000_000, // one message to large groups or to all
  groups: 8_000_000, // many messages to groups of ten
  users: 360_000, // one REST call for each recipient
  events: 1_000_000, // from a client to the webhook and back
};
/** A smaller message costs the service as much. */
const SMALLEST = 1024;
const BILLED_BYTES = 2000;
/** Messages a day that each unit of the Standard tier includes. */
const INCLUDED = 1_000_000;
/** The sizes that the Standard and the first Premium tier have. */
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
/** All clients get a new token within this time, after a network failure for example. */
const RECONNECT_SECONDS = 60;

const bench = JSON.parse(readFileSync(new URL("../benches/results/bench.json", import.meta.url), "utf8"));
const MICROSECONDS_PER_TOKEN = bench.calls.workerd.token.ours.median;

/** `rate`: messages that are sent, per second; `recipients`: of each message; `hours`: of traffic, per day. */
const DEPLOYMENTS = [
  { name: "support chat", by: "groups", connections: 1_000, rate: 20, recipients: 10, bytes: 500, hours: 8 },
  {
    name: "live scores",
    by: "broadcast",
    connections: 50_000,
    rate: 0.5,
    recipients: 50_000,
    bytes: 1024,
    hours: 4,
  },
  {
    name: "order updates",
    by: "users",
    connections: 40_000,
    rate: 500,
    recipients: 1,
    bytes: 1024,
    hours: 24,
  },
  {
    name: "game, by webhook",
    by: "events",
    connections: 20_000,
    rate: 5_000,
    recipients: 1,
    bytes: 200,
    hours: 12,
  },
];

const demand = ({ by, connections, rate, recipients, bytes, hours }) => {
  const deliveries = rate * recipients;
  const forConnections = connections / (CONNECTIONS_PER_UNIT * UTILIZATION);
  const forTraffic = (deliveries * Math.max(bytes, SMALLEST)) / BYTES_PER_UNIT[by];
  const needed = Math.max(1, Math.ceil(Math.max(forConnections, forTraffic)));
  const units = SIZES.find((size) => size >= needed) ?? needed;
  // A message of a client travels to the webhook, and its response back to the client.
  const outbound = deliveries * (by === "events" ? 2 : 1);
  const billed = (outbound * bytes * hours * 3600) / BILLED_BYTES;
  return {
    units,
    reason: forTraffic > forConnections ? "traffic" : "connections",
    deliveries,
    billed,
    additional: Math.max(0, billed - units * INCLUDED),
    tokens: connections / RECONNECT_SECONDS,
    cpu: ((connections / RECONNECT_SECONDS) * MICROSECONDS_PER_TOKEN) / 1000,
  };
};

const number = (value, digits = 0) => value.toLocaleString("en-US", { maximumFractionDigits: digits });

const COLUMNS = {
  deployment: ({ name }) => name,
  connections: ({ connections }) => number(connections),
  "units, for": (_, { units, reason }) =>
    `${number(units)}${units > SIZES.at(-1) ? ", Premium P2" : ""}, ${reason}`,
  "deliveries/s": (_, { deliveries }) => number(deliveries),
  "billed/day": (_, { billed }) => number(billed),
  "not included": (_, { additional }) => number(additional),
  "tokens/s": (_, { tokens }) => number(tokens),
  "CPU, ms/s": (_, { cpu }) => number(cpu, 1),
};

const table = (deployments) => {
  const rows = deployments.map((it) => Object.values(COLUMNS).map((cell) => cell(it, demand(it))));
  const all = [Object.keys(COLUMNS), ...rows];
  const widths = Object.keys(COLUMNS).map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(all[0]), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
};

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    by: text,
    connections: text,
    rate: text,
    recipients: text,
    bytes: text,
    hours: text,
    "unit-price": text,
    "million-price": text,
  },
});
const { by = "broadcast", "unit-price": unitPrice, "million-price": millionPrice, ...given } = values;
if (Object.keys(values).length === 0) {
  console.log(table(DEPLOYMENTS));
} else {
  if (!BYTES_PER_UNIT[by]) throw new Error(`--by is one of ${Object.keys(BYTES_PER_UNIT).join(", ")}`);
  const defaults = {
    connections: 1000,
    rate: 1,
    recipients: by === "broadcast" ? 1000 : 1,
    bytes: 1024,
    hours: 24,
  };
  const numbers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Number(value)]));
  for (const [name, value] of Object.entries(numbers))
    if (!(value > 0)) throw new Error(`--${name} must be a positive number`);
  const own = { name: "your own", by, ...defaults, ...numbers };
  console.log(table([own]));
  if (unitPrice || millionPrice) {
    const { units, additional } = demand(own);
    const cost = units * Number(unitPrice ?? 0) + (additional / 1_000_000) * Number(millionPrice ?? 0);
    if (!(cost >= 0)) throw new Error("--unit-price and --million-price must be numbers");
    console.log(`\nPer day: ${number(cost, 2)}, in the currency of the prices`);
  }
}
