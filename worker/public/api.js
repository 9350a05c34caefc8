// The Worker's HTTP interface, and the session that the page keeps between reloads.

/**
 * The response of /negotiate: what it takes to connect as one person.
 * @typedef {object} Session
 * @property {string} url Contains the access token: kept in this tab, never shown.
 * @property {string} userId
 * @property {string} name
 * @property {string} room
 * @property {string} group
 * @property {boolean} moderator
 * @property {number} expiresAt By this computer's clock, in milliseconds.
 */

/** @typedef {{ userId: string, name: string, moderator: boolean, muted: boolean }} Person */

const KEY = "edge-chat.session";
// A URL that is about to expire is not used.
const MARGIN_MS = 30_000;

/** An error response of the Worker; `status` is 0 when the Worker cannot be reached. */
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
  const session = await call("/negotiate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, room }),
  });
  return { ...session, expiresAt: Date.now() + session.expiresInMinutes * 60_000 };
}

/** The people in a room now. @param {string} room @returns {Promise<Person[]>} */
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
  const body = await response.json().catch(() => undefined);
  if (response.ok && body) return body;
  const { code = "internal", message = "Something went wrong on the server. Try again in a moment." } =
    body?.error ?? {};
  throw new ApiError(response.status, code, message);
}

/** @param {Session} session */
export const isFresh = (session) => Date.now() < session.expiresAt - MARGIN_MS;

/** The session of this tab before it was reloaded. @returns {Session | undefined} */
export function savedSession() {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return session && isFresh(session) ? session : undefined;
  } catch {
    return undefined;
  }
}

/** Saves the session; without one, deletes the saved session. @param {Session} [session] */
export function saveSession(session) {
  try {
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is turned off: the page asks for the name again after a reload.
  }
}
