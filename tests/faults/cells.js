// A played scenario as the cells of a row: the requests, how often they took effect, and what the caller saw.
import { effects } from "./account.js";

/** A message without what differs from run to run. */
const stable = (text) =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/\d+ s (ahead|behind)/g, "N s $1")
    .trim();

const firstSentence = (text) => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What the caller of one call saw. */
const outcomeText = ({ value, name, code, kind, message, cause, seen }) => {
  if (value !== undefined) return value;
  const shownCode = code ? ` \`${code}\`` : "";
  const before = seen > 0 ? `${seen} listed, then ` : "";
  const said = message ? `: ${firstSentence(stable(message))}` : "";
  const because = cause ? `; cause: ${firstSentence(stable(cause))}` : "";
  return `${before}**${kind ?? name}**${shownCode}${said}${because}`;
};

/** Texts with the number of times that each occurs, if there is more than one. */
const counted = (texts) => {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (texts.length === 1) return texts[0];
  // Calls at once end in any order.
  const sorted = [...counts].sort(([a], [b]) => (a < b ? 1 : -1));
  if (counts.size === 1) return `${texts.length} ×: ${texts[0]}`;
  return sorted.map(([text, count]) => `${count} ×: ${text}`).join("; ");
};

/** Whether each delay that the service asked for was kept. Timers may be a little early; nothing limits how late. */
const keepsDelays = (exchanges) =>
  exchanges
    .slice(0, -1)
    .filter(({ requestedDelay }) => requestedDelay > 0)
    .map(
      ({ requestedDelay, respondedAt }, i) =>
        exchanges[i + 1].arrivedAt - respondedAt >= requestedDelay * 0.9,
    );

const requestsText = ({ attempts, service, issuer }) => {
  const parts = [];
  if (issuer) parts.push(plural(issuer.length, "token request"));
  const delays = keepsDelays(service);
  const kept = delays.length === 0 ? "" : delays.every(Boolean) ? ", after the delay" : ", too early";
  parts.push(
    service.length === attempts
      ? `${service.length}${kept}`
      : `${plural(attempts, "attempt")}, ${service.length} read`,
  );
  return parts.join(", ");
};

const CHANGES = ["addUser", "closeConnection", "sendToAll"];

const effectText = (call, { least, most }) => {
  if (!CHANGES.includes(call)) return "–";
  return least === most ? String(least) : `${least}–${most}`;
};

/** The cells of a scenario that one client played; without those of the warm-up. */
export const cellsOf = (scenario, call, played) => {
  const phases = scenario.warmUp ? played.phases.slice(1) : played.phases;
  const outcomes = phases.map((outcomes) => counted(outcomes.map(outcomeText)));
  const warmUps = scenario.warmUp ? 1 : 0;
  const shown = {
    ...played,
    attempts: played.attempts - warmUps,
    service: played.service.slice(warmUps),
  };
  const effect = effects(shown.service);
  // The response was not the service's, but has the status of success.
  const isLie = CHANGES.includes(call) && phases.flat().every(({ value }) => value) && effect.most === 0;
  return {
    requests: requestsText(shown),
    effects: effectText(call, effect),
    caller: outcomes.join("; then ") + (isLie ? ", although nothing was done" : ""),
  };
};
