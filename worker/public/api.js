// The Worker's HTTP interface, and what the page keeps between reloads.

/**
 * What /negotiate gives: the right to connect as somebody, for a while.
 * @typedef {object} Session
 * @property {string} url Holds the access token: to be kept in this tab, never shown.
 * @property {string} userId
 * @property {string} name
 * @property {string} room
 * @property {string} group
 * @property {boolean} moderator
 * @property {number} expiresAt By this computer's clock, in milliseconds.
 */

/** @typedef {{ userId: string, name: string, moderator: boolean, muted: boolean }} Person */

const KEY = "edge-chat.session";
// A URL that is about to expire is as good as none.
const MARGIN_MS = 30_000;

/** The Worker said no, and why; or it could not be reached (status 0). */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param {string} name @param {string} room @returns {Promise<Session>} */
export async function negotiate(name, room) {
  const answer = await call("/negotiate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, room }),
  });
  return { ...answer, expiresAt: Date.now() + answer.expiresInMinutes * 60_000 };
}

/** Who is in a room now. @param {string} room @returns {Promise<Person[]>} */
export async function peopleIn(room) {
  return (await call(`/rooms/${encodeURIComponent(room)}/people`)).people;
}

/** @param {string} path @param {RequestInit} [init] */
async function call(path, init) {
  let response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
  } catch {
    throw new ApiError(
      0,
      "unreachable",
      "The server cannot be reached. Check your connection and try again.",
    );
  }
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer) return answer;
  const { code = "internal", message = "The server had a problem. Try again in a moment." } =
    answer?.error ?? {};
  throw new ApiError(response.status, code, message);
}

/** @param {Session} session */
export const isFresh = (session) => Date.now() < session.expiresAt - MARGIN_MS;

/** The session that this tab had before it was reloaded. @returns {Session | undefined} */
export function savedSession() {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return session && isFresh(session) ? session : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Session} [session] Nothing to forget the session. */
export function saveSession(session) {
  try {
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is off: a reload asks for the name again.
  }
}
