// The roles that a client access token or the answer to a connect event may give.
import { escapePattern, groupRole, patternRole } from "./wasm.js";
import { text } from "./arguments.js";

const group = (sends, any) => (name) =>
  name === undefined ? any : groupRole(sends, text(name, "group name", "InvalidGroup"));

const pattern = (sends) => (value) => patternRole(sends, text(value, "pattern", "InvalidRole"));

export const roles = Object.freeze({
  joinLeaveGroup: group(false, "webpubsub.joinLeaveGroup"),
  sendToGroup: group(true, "webpubsub.sendToGroup"),
  joinLeaveGroups: pattern(false),
  sendToGroups: pattern(true),
  escape: (name) => escapePattern(text(name, "name", "InvalidGroup")),
});
