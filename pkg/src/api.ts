/** The public API, without the start of the core, which `index.ts` and `slim.ts` add. */
export * from "./client.js";
export type * from "./client-options.js";
export * from "./credentials.js";
export * from "./deduplicator.js";
export * from "./entra.js";
export { RestError, isRestError } from "./errors.js";
export type {
  HttpHeaders,
  InputError,
  InputErrorCode,
  RawRequest,
  RawResponse,
  RestErrorDetails,
  RestErrorKind,
  RestErrorOptions,
} from "./errors.js";
export type * from "./event-options.js";
export type * from "./event-requests.js";
export type * from "./event-responses.js";
export * from "./events.js";
export * from "./filter.js";
export type * from "./group-options.js";
export * from "./group.js";
export type {
  BinaryContent,
  BinaryMessage,
  ContentType,
  FilteredSendOptions,
  JSONTypes,
  JsonContent,
  RequestBodyType,
  SendOptions,
  StringContent,
  TextContent,
} from "./messages.js";
export * from "./mqtt.js";
export type * from "./options.js";
export type {
  PageSettings,
  PagedAsyncIterableIterator,
  WebPubSubGroupMember,
  WebPubSubGroupMemberList,
  WebPubSubGroupMemberPage,
} from "./paging.js";
export type * from "./platform.js";
export * from "./roles.js";
export type {
  ClientTokenOptions,
  ClientTokenResponse,
  GenerateClientTokenOptions,
  WebPubSubClientProtocol,
  WebPubSubRole,
  WebPubSubRoles,
} from "./tokens.js";
