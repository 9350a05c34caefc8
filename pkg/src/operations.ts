/**
 * The REST operations: their numbers, and the reading of their names and options.
 *
 * Not in here: which operation has which options, paths and statuses, which the core knows; how a call is made
 * (`exchange.ts`).
 */
import { number, object, records, strict, text, texts } from "./arguments.js";
import type { Reader } from "./arguments.js";
import { Operation, Parameter, call, mark, markPairs } from "./core.js";
import { CALL_OPTIONS, callOptions, exchange, plan } from "./exchange.js";
import type { CallOptions, Plan } from "./exchange.js";
import { outgoing } from "./messages.js";
import type { OperationOptions } from "./options.js";
import type { Service } from "./service.js";

/** The REST operations, in the order of the table in `src/core/operation.rs`. */
export const enum Rest {
  GetServiceStatus,
  AddConnectionsToGroups,
  RemoveConnectionsFromGroups,
  CloseAllConnections,
  GenerateClientToken,
  SendToAll,
  CloseConnection,
  ConnectionExists,
  SendToConnection,
  RemoveConnectionFromAllGroups,
  GroupExists,
  CloseGroupConnections,
  SendToGroup,
  ListConnections,
  RemoveConnectionFromGroup,
  AddConnectionToGroup,
  RevokePermission,
  HasPermission,
  GrantPermission,
  UserExists,
  CloseUserConnections,
  SendToUser,
  RemoveUserFromAllGroups,
  RemoveUserFromGroup,
  AddUserToGroup,
}

/** The names that an operation requires, by their marks: as the caller gave them. */
export type Names = { readonly [name in Parameter]?: unknown };

/** What the names are called in errors. */
const NAMES: readonly [name: Parameter, what: string, code: string][] = [
  [Parameter.Group, "group name", "InvalidGroup"],
  [Parameter.UserId, "user id", "InvalidUserId"],
  [Parameter.ConnectionId, "connection id", "InvalidConnectionId"],
  [Parameter.Permission, "permission", "InvalidPermission"],
  [Parameter.Groups, "list of groups", "InvalidGroup"],
  [Parameter.Filter, "filter", "InvalidFilter"],
];

/** The options of operations: their marks and their types. Which operation has which is for the core to say. */
const OPTIONS: readonly [name: string, mark: Parameter, read: Reader<unknown>][] = [
  ["filter", Parameter.Filter, text],
  ["reason", Parameter.Reason, text],
  ["targetName", Parameter.TargetName, text],
  ["continuationToken", Parameter.ContinuationToken, text],
  ["excludedConnections", Parameter.ExcludedConnections, texts],
  ["messageTtlSeconds", Parameter.MessageTtlSeconds, number],
  ["maxPageSize", Parameter.MaxPageSize, number],
  ["top", Parameter.Top, number],
];

/** Reads the names and the options of an operation. */
export const readParameters = (names: Names, options: object = {}): string[] => {
  const given: string[] = [];
  for (const [parameter, what, code] of NAMES) {
    if (!(parameter in names)) continue;
    // The core says what a missing filter would mean.
    const value = names[parameter] ?? (parameter === Parameter.Filter ? "" : undefined);
    mark(parameter, (parameter === Parameter.Groups ? texts : text)(value, what, code), given);
  }
  for (const [name, parameter, read] of OPTIONS) {
    mark(parameter, strict(options, name as never, read), given);
  }
  markPairs(Parameter.Metadata, records(options, "messageMetadata" as never), given);
  return given;
};

const names: (readonly string[])[] = [];

/** The names of the options of an operation, by the marks that the core knows. */
export const optionsOf = (operation: Rest): readonly string[] =>
  (names[operation] ??= (() => {
    const marks = call(Operation.Options, [operation]);
    const own = OPTIONS.filter(([, parameter]) => marks.includes(parameter)).map(([name]) => name);
    if (marks.includes(Parameter.Metadata)) own.push("messageMetadata", "contentType");
    return [...own, ...CALL_OPTIONS];
  })());

/** Plans an operation. */
export const planOperation = (
  service: Service,
  operation: Rest,
  given: string[],
  options: CallOptions,
  contentType?: string,
): Plan => plan(service, Operation.Request, [operation, ""], options, given, contentType);

/**
 * Calls an operation; `message` is `{ message }` for those that send. The outcome of those that ask whether
 * something exists is a boolean, of all others nothing.
 */
export const run = async <T extends boolean | void>(
  service: Service,
  operation: Rest,
  names: Names,
  given: (OperationOptions & { contentType?: string }) | undefined,
  message?: { message: unknown },
): Promise<T> => {
  const options: typeof given & object =
    given === undefined ? {} : object(given, "options", optionsOf(operation));
  const body = message && outgoing(message.message, options.contentType);
  const read = callOptions(options);
  const planned = planOperation(service, operation, readParameters(names, options), read, body?.contentType);
  const { response } = await exchange(service, planned, read, body?.body, false);
  return (planned[3].includes(",") ? response.status !== 404 : undefined) as T;
};
