/** The roles of clients: functions that write them, so that a name never becomes a pattern. */
import { text } from "./arguments.js";
import { Operation, call, yes } from "./core.js";
import type { WebPubSubRoles } from "./tokens.js";

const one = (sends: boolean, group: unknown): string =>
  group === undefined
    ? call(Operation.Role, [yes(sends), "any"])
    : call(Operation.Role, [yes(sends), "one", text(group, "group name", "InvalidGroup")]);

const matching = (sends: boolean, pattern: unknown): string =>
  call(Operation.Role, [yes(sends), "matching", text(pattern, "pattern", "InvalidRole")]);

/**
 * Builds roles for `getClientAccessToken` and for the response to a connect event.
 *
 * In a pattern, `?` is one character except `.`, `*` any number of them, `**` any number of any characters, and
 * `\` escapes the next character. A pattern has at most 5 `*` and 1024 characters; it is case-sensitive.
 *
 * @throws TypeError or RangeError with the code `InvalidGroup` or `InvalidRole`.
 *
 * @example
 * ```ts
 * await service.getClientAccessToken({
 *   userId: "alice",
 *   roles: [roles.sendToGroup("lobby"), roles.joinLeaveGroups(`${roles.escape(team)}.*`)],
 * });
 * ```
 */
export const roles: WebPubSubRoles = /* @__PURE__ */ Object.freeze({
  joinLeaveGroup: (group?: string) => one(false, group),
  sendToGroup: (group?: string) => one(true, group),
  joinLeaveGroups: (pattern: string) => matching(false, pattern),
  sendToGroups: (pattern: string) => matching(true, pattern),
  escape: (name: string) => call(Operation.EscapedPattern, [text(name, "name", "InvalidGroup")]),
});
