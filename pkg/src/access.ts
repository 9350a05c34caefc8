/**
 * Client access tokens: signed by the core, or issued by the service.
 *
 * Not in here: their types (`tokens.ts`).
 */
import { number, object, optional, plain, text, texts } from "./arguments.js";
import { Operation, Parameter, fields, mark, now, yes } from "./core.js";
import { CALL_OPTIONS, callOptions, exchange } from "./exchange.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import { toJson } from "./messages.js";
import { Rest, planOperation } from "./operations.js";
import type { Service } from "./service.js";
import type { ClientTokenOptions, ClientTokenResponse, GenerateClientTokenOptions } from "./tokens.js";

const TOKEN_OPTIONS: readonly (keyof GenerateClientTokenOptions)[] = [
  ...CALL_OPTIONS,
  "userId",
  "roles",
  "groups",
  "expirationTimeInMinutes",
  "expirationTimeInSeconds",
  "clientProtocol",
  "jwtHeaders",
];

/** Returns a URL with a token that the key signs, or else one that the service issues. */
export const access = async (
  service: Service,
  options: GenerateClientTokenOptions | undefined,
): Promise<ClientTokenResponse> => {
  const given = object(options, "options", TOKEN_OPTIONS);
  const read = callOptions(given);
  const grants = readGrants(given);
  const signed = sign(service, grants);
  if (signed) return signed;
  const planned = planOperation(service, Rest.GenerateClientToken, grants, read);
  const token = textMember(parsed((await exchange(service, planned, read)).text), "token");
  if (!token) throw failure(Failure.NotToken);
  const protocol = optional(given, "clientProtocol", text) ?? "";
  return responseOf(fields(Operation.IssuedAccess, [service.clients, service.hubName, protocol, token]));
};

/** Returns a URL with a token that the key signs. */
export const accessSync = (
  service: Service,
  options: ClientTokenOptions | undefined,
): ClientTokenResponse => {
  const grants = readGrants(object(options, "options", TOKEN_OPTIONS));
  return sign(service, grants, true) as ClientTokenResponse;
};

/** Reads what a token grants. */
const readGrants = (options: ClientTokenOptions): string[] => {
  const given: string[] = [];
  const minutes = optional(options, "expirationTimeInMinutes", number);
  const seconds = optional(options, "expirationTimeInSeconds", number) ?? (minutes && minutes * 60);
  mark(Parameter.UserId, optional(options, "userId", text), given);
  mark(Parameter.Roles, optional(options, "roles", texts), given);
  mark(Parameter.Groups, optional(options, "groups", texts), given);
  mark(Parameter.LifetimeSeconds, seconds === undefined ? seconds : Math.trunc(seconds), given);
  mark(Parameter.ClientProtocol, optional(options, "clientProtocol", text), given);
  for (const [name, value] of Object.entries(optional(options, "jwtHeaders", plain) ?? {})) {
    if (value === undefined) continue;
    given.push(
      Parameter.JwtHeader + text(name, "name of a JWT header"),
      toJson(value, "JWT header", "InvalidOption"),
    );
  }
  return given;
};

/** Signs a token; without an access key it throws if `needsKey`, or returns nothing. */
const sign = (
  service: Service,
  grants: readonly string[],
  needsKey = false,
): ClientTokenResponse | undefined => {
  const { key } = service;
  const signed = fields<[string, string, string]>(
    Operation.ClientAccess,
    [now(), service.endpoint, service.clients, service.hubName, key, yes(needsKey)],
    grants,
  );
  return key ? responseOf(signed) : undefined;
};

const responseOf = ([token, baseUrl, url]: [string, string, string]): ClientTokenResponse => ({
  token,
  baseUrl,
  url,
});
