/**
 * What a call fails with.
 *
 * In here: bad input, the error of requests, and what one learns of a request and its response. Not in here: an
 * abort, which is an `Error` with the name `AbortError`, whose `cause` is the signal's reason.
 */

/** What was wrong with the input. Codes are stable; more may come. */
export type InputErrorCode =
  | "BodyUsed"
  | "CredentialCannotSign"
  | "INSECURE_CONNECTION"
  | "InvalidAccessKey"
  | "InvalidClientProtocol"
  | "InvalidConnectionId"
  | "InvalidConnectionString"
  | "InvalidContentType"
  | "InvalidCredential"
  | "InvalidDataType"
  | "InvalidEndpoint"
  | "InvalidExpiration"
  | "InvalidFilter"
  | "InvalidGroup"
  | "InvalidHeader"
  | "InvalidHub"
  | "InvalidMessage"
  | "InvalidMessageTtl"
  | "InvalidMetadata"
  | "InvalidMethod"
  | "InvalidModule"
  | "InvalidOption"
  | "InvalidPageSize"
  | "InvalidPath"
  | "InvalidPermission"
  | "InvalidReply"
  | "InvalidRole"
  | "InvalidStatus"
  | "InvalidSubprotocol"
  | "InvalidTop"
  | "InvalidUserId"
  | "MessageTooLarge"
  | "MissingAccessKey"
  | "MissingAnswer"
  // Any other string, without losing the completions of those above.
  | (string & {});

/**
 * Bad input, found before anything is sent: a `TypeError`, or a `RangeError` where a number or a length is outside
 * its limits. The message says what was wrong and what is right.
 */
export type InputError = (TypeError | RangeError) & {
  /** What was wrong. */
  readonly code: InputErrorCode;
};

/** The headers of a request or a response. Names are the same in any letter case. */
export interface HttpHeaders extends Iterable<[name: string, value: string]> {
  /** The value of a header; repeated ones joined by `, `. */
  get(name: string): string | undefined;
  /** Whether the header is there. */
  has(name: string): boolean;
  /** All headers as an object, names in lower case. */
  toJSON(): Record<string, string>;
}

/** A request that was sent. */
export interface RawRequest {
  /** `GET`, `POST`, … */
  readonly method: string;
  /** Where it was sent to. */
  readonly url: string;
  /** What was sent along, without `Authorization`. */
  readonly headers: HttpHeaders;
  /** What `x-ms-client-request-id` said; the same for all attempts of a call. */
  readonly requestId: string;
}

/** A response of the service, of whatever status. */
export interface RawResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: HttpHeaders;
  /** The body; absent where there is none, as for `HEAD`. */
  readonly bodyAsText?: string | null;
  /** The request that it answers. */
  readonly request: RawRequest;
}

/**
 * What kind of failure it was, for matching: the same for one situation, whatever severity the service's own
 * code gives it.
 *
 * | kind | when |
 * | --- | --- |
 * | `InvalidRequest` | the service found the request wrong (400, 415, 422), a filter for example |
 * | `Unauthorized` | the signature or the token was not accepted (401), or the credential gave none |
 * | `Forbidden` | the credential is known, but may not do this (403) |
 * | `NotFound` | there is no such connection, user or group (404) |
 * | `Conflict` | the state of the service does not allow it (409, 412) |
 * | `PayloadTooLarge` | the message is larger than the service takes, 1 MB (413) |
 * | `TooManyRequests` | the limits of the tier are reached (429) |
 * | `Server` | the service failed (5xx) |
 * | `Network` | the request did not reach the service, or its answer did not come back |
 * | `Timeout` | the caller's deadline passed first |
 * | `Unexpected` | the service answered something that the operation does not know |
 */
export type RestErrorKind =
  | "InvalidRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "Conflict"
  | "PayloadTooLarge"
  | "TooManyRequests"
  | "Server"
  | "Network"
  | "Timeout"
  | "Unexpected";

/** What the service said of an error, as far as it said it. */
export interface RestErrorDetails {
  /** The service's code, with its severity: `Error.Connection.NotExisted`. */
  code?: string;
  /** The service's words. */
  message?: string;
  /** What it is about: a parameter, a connection, … */
  target?: string;
  /** The code of the `x-ms-error-code` header. */
  errorCode?: string;
  /** By the name of the field: what is wrong with it. */
  errors?: Record<string, string[]>;
  /** Whatever else the body holds. */
  [member: string]: unknown;
}

/** What a {@link RestError} is made of. */
export interface RestErrorOptions {
  /** The service's code, or one of the constants of {@link RestError}. */
  code?: string;
  /** The HTTP status. */
  statusCode?: number;
  /** The kind; `Unexpected` by default. */
  kind?: RestErrorKind;
  /** What the service said. */
  details?: RestErrorDetails;
  /** The request. */
  request?: RawRequest;
  /** The response. */
  response?: RawResponse;
  /** What the platform said. */
  cause?: unknown;
}

/**
 * A request that failed: the service refused it, or no answer came.
 *
 * Printing it shows no key, no token, and no `Authorization` header.
 *
 * @example
 * ```ts
 * try {
 *   await service.group("room").addConnection(connectionId);
 * } catch (error) {
 *   if (isRestError(error) && error.kind === "NotFound") return; // it has left already
 *   throw error;
 * }
 * ```
 */
export declare class RestError extends Error {
  /** The `code` when the request could not be sent or its answer could not be read. */
  static readonly REQUEST_SEND_ERROR: "REQUEST_SEND_ERROR";
  /** The `code` when the answer is not what the operation answers. */
  static readonly PARSE_ERROR: "PARSE_ERROR";
  /** The `code` when the deadline of the call passed. */
  static readonly REQUEST_TIMEOUT: "REQUEST_TIMEOUT";
  /** Makes one, for tests and for `fetch` functions of yours. */
  constructor(message: string, options?: RestErrorOptions);
  /** Always `RestError`. */
  readonly name: "RestError";
  /** The kind, for matching. */
  readonly kind: RestErrorKind;
  /**
   * The service's own code (`Error.Connection.NotExisted`), or one of `REQUEST_SEND_ERROR`, `REQUEST_TIMEOUT`,
   * `PARSE_ERROR`, `CREDENTIAL_ERROR`. The severity in front of the service's codes varies: match by `kind`.
   */
  code?: string;
  /** The HTTP status, if an answer came. */
  statusCode?: number;
  /** What the service said, parsed. */
  details?: RestErrorDetails;
  /** The request. Not enumerable. */
  request?: RawRequest;
  /** The response, if one came. Not enumerable. */
  response?: RawResponse;
}

/** Whether something caught is a {@link RestError}, also one of another copy of this package. */
export declare function isRestError(error: unknown): error is RestError;
