/**
 * Checks the option `handlers`, and writes each handler as the program's flag `--event-handler` takes it. Names of events
 * are left to the program.
 */
import { list, onlyKnown, text } from "./values.js";

const EXAMPLE = '{ chat: "http://127.0.0.1:8787/events/" }';

/** Names that the program has to get as one word. */
const word = (names: readonly string[], name: string): string => {
  for (const item of names) {
    if (/[\s,=]/.test(item)) throw new TypeError(`${name} must contain names, not ${JSON.stringify(item)}`);
  }
  return names.join(",");
};

/** The parts of a handler besides its URL. */
const PARTS: Record<string, (value: unknown, name: string) => string> = {
  userEventPattern: (value, name) => {
    text(value, name);
    return word(
      value.split(",").map((part) => part.trim()),
      name,
    );
  },
  systemEvents: (value, name) => word(list(value, name), name),
  groupPresenceEvents: (value, name) => {
    const names = (value as { eventNames?: unknown } | null)?.eventNames;
    onlyKnown(Object(value), ["eventNames"], `member ${name}.`, "groupPresenceEvents");
    return word(list(names, `${name}.eventNames`), `${name}.eventNames`);
  },
};

const url = (value: unknown, name: string): string => {
  text(value, name);
  if (/\s/.test(value)) throw new TypeError(`${name} must be a URL without blanks`);
  return value;
};

const flag = (hub: string, handler: unknown, name: string): string => {
  if (typeof handler === "string") return `--event-handler=${hub}=${url(handler, name)}`;
  if (typeof handler !== "object" || handler === null) {
    throw new TypeError(`${name} must be a URL, or an object with urlTemplate and the events`);
  }
  const { urlTemplate, ...others } = handler as Record<string, unknown>;
  const words = [`${hub}=${url(urlTemplate, `${name}.urlTemplate`)}`];
  onlyKnown(others, ["urlTemplate", ...Object.keys(PARTS)], `member ${name}.`, "an event handler");
  for (const [part, value] of Object.entries(others)) {
    if (value !== undefined) words.push(`${part}=${PARTS[part]!(value, `${name}.${part}`)}`);
  }
  return `--event-handler=${words.join(" ")}`;
};

/** The flags for all handlers. */
export const handlerFlags = (value: unknown, name: string): string[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object of event handlers by hub: ${EXAMPLE}`);
  }
  return Object.entries(value as Record<string, unknown>).flatMap(([hub, handlers]) => {
    if (handlers === undefined) return [];
    if (/[\s=]/.test(hub)) throw new TypeError(`${name} must have names of hubs, not ${JSON.stringify(hub)}`);
    if (!Array.isArray(handlers)) return [flag(hub, handlers, `${name}.${hub}`)];
    return handlers.map((handler, index) => flag(hub, handler, `${name}.${hub}[${index}]`));
  });
};
