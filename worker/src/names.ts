// The names of people and rooms: which are valid, and how a user id contains a name. Nothing here calls the service.

import { Refusal } from "./refusal.js";

const ROOM = /^[a-z0-9][a-z0-9-]{0,39}$/;
const MAX_NAME = 32;
// Invisible, but part of the spelling: the joiners of Persian, Indic scripts and emoji (👩‍🚀), the variation selectors
// for emoji and text, and the tags in flags such as Scotland's.
const JOINERS = /[\u200C\u200D\uFE0E\uFE0F\u{E0020}-\u{E007F}]/gu;
// Control, other format (bidirectional overrides among them), private, unassigned and surrogate code points, and letters
// without a shape, such as the Hangul filler.
const UNPRINTABLE = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;
const ID_BYTES = 9;
const USER_ID = /^[A-Za-z0-9_-]{12}\.([A-Za-z0-9_-]+)$/;

/** @throws {Refusal} when `value` is not a room's name. */
export function roomName(value: unknown): string {
  if (typeof value === "string" && ROOM.test(value)) return value;
  throw new Refusal(
    400,
    "invalid_room",
    "A room's name has 1 to 40 characters: a–z, 0–9 and hyphens, but no hyphen at the start. Example: lobby.",
  );
}

/** A person's name in its normal form. @throws {Refusal} when `value` is not a name. */
export function displayName(value: unknown): string {
  const name = typeof value === "string" ? singleSpaced(value.normalize("NFC")) : "";
  const visible = withoutJoiners(name);
  if (visible.trim() !== "" && [...name].length <= MAX_NAME && !UNPRINTABLE.test(visible)) return name;
  throw new Refusal(400, "invalid_name", `Choose a name of 1 to ${MAX_NAME} visible characters.`);
}

/** Whether two names look the same. Joiners do not count: between most letters they change nothing. */
export function sameName(a: string, b: string): boolean {
  const folded = (name: string) => singleSpaced(withoutJoiners(name).normalize("NFKC")).toLowerCase();
  return folded(a) === folded(b);
}

/**
 * A user id for a person named `name`: random, so that nobody can request somebody else's, and with the name inside,
 * so that the service's lists contain the names and no database is needed. It is ASCII, because it is sent in URL
 * paths and HTTP headers.
 */
export function newUserId(name: string): string {
  const random = base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  return `${random}.${base64url(new TextEncoder().encode(name))}`;
}

/** The name in a user id that {@link newUserId} made; undefined for any other user id. */
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

const singleSpaced = (name: string) => name.trim().replace(/\s+/gu, " ");

const withoutJoiners = (name: string) => name.replace(JOINERS, "");

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
