// The names of people and rooms: what is allowed, and how a user id is made. Nothing here talks to the service.

import { Refusal } from "./refusal.js";

const ROOM = /^[a-z0-9][a-z0-9-]{0,39}$/;
const MAX_NAME = 32;
// Control, format (bidirectional overrides among them), private, unassigned and surrogate code points.
const UNPRINTABLE = /\p{C}/u;
const ID_BYTES = 9;
const USER_ID = /^[A-Za-z0-9_-]{12}\.([A-Za-z0-9_-]+)$/;

/** A room's name, or a refusal that says what one looks like. */
export function roomName(value: unknown): string {
  if (typeof value === "string" && ROOM.test(value)) return value;
  throw new Refusal(
    400,
    "invalid_room",
    "A room's name has 1 to 40 characters: a–z, 0–9 and hyphens, and no hyphen first. For example: lobby.",
  );
}

/** A person's name in its one spelling, or a refusal that says what one looks like. */
export function displayName(value: unknown): string {
  const name = typeof value === "string" ? value.normalize("NFC").trim().replace(/\s+/gu, " ") : "";
  if (name !== "" && [...name].length <= MAX_NAME && !UNPRINTABLE.test(name)) return name;
  throw new Refusal(400, "invalid_name", `Choose a name of 1 to ${MAX_NAME} letters, digits or signs.`);
}

/** Whether two names would look like the same person. */
export function sameName(a: string, b: string): boolean {
  const folded = (name: string) => name.normalize("NFKC").toLowerCase();
  return folded(a) === folded(b);
}

/**
 * A user id for somebody who wants to be called `name`: random, so that nobody can ask for somebody else's, and
 * with the name inside, so that the service's own lists tell who is who and no database is needed.
 * It is ASCII throughout: it travels in URL paths and in HTTP headers.
 */
export function newUserId(name: string): string {
  const random = base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  return `${random}.${base64url(new TextEncoder().encode(name))}`;
}

/** The name inside a user id that {@link newUserId} made; undefined for any other user id. */
export function nameOf(userId: string | undefined): string | undefined {
  const encoded = userId && USER_ID.exec(userId)?.[1];
  if (!encoded) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
