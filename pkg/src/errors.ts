/**
 * Errors: the class that failed requests are thrown as, the types around it, and the functions that create errors.
 *
 * Nothing in here may import the core, which throws by these functions.
 */

/** The code of an {@link InputError}. Codes are stable; new ones may be added. */
export type InputErrorCode =
  | "BodyUsed"
  | "ClockStopped"
  | "CredentialCannotSign"
  | "INSECURE_CONNECTION"
  | "InputTooLarge"
  | "InvalidAccessKey"
  | "InvalidClientProtocol"
  | "InvalidConnectionId"
  | "InvalidConnectionString"
  | "InvalidContentType"
  | "InvalidCredential"
  | "InvalidDataType"
  | "InvalidEndpoint"
  | "InvalidEventData"
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
  | "InvalidRequest"
  | "InvalidResponse"
  | "InvalidRole"
  | "InvalidState"
  | "InvalidStatus"
  | "InvalidSubprotocol"
  | "InvalidTop"
  | "InvalidUserId"
  | "MessageTooLarge"
  | "MissingAccessKey"
  | "MissingAnswer"
  | "StateTooLarge"
  | "TokenTooLarge"
  | "UrlTooLong"
  // Any other string, without losing the completions of those above.
  | (string & {});

/**
 * Invalid input, detected before any request: a `TypeError`, or a `RangeError` where a number or a length is outside
 * its limits. The message says what is wrong and how to fix it.
 */
export type InputError = (TypeError | RangeError) & {
  /** The kind of the invalid input. */
  readonly code: InputErrorCode;
};

/** The headers of a request or a response. Names are case-insensitive. */
export interface HttpHeaders extends Iterable<[name: string, value: string]> {
  /** The value of a header; repeated values are joined by `, `. */
  get(name: string): string | undefined;
  /** Whether the header is present. */
  has(name: string): boolean;
  /** All headers as an object, names in lower case. */
  toJSON(): Record<string, string>;
}

/** A request as it was sent. */
export interface RawRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** The headers, without `Authorization`. */
  readonly headers: HttpHeaders;
  /** The value of `x-ms-client-request-id`, which all attempts of a call share. */
  readonly requestId: string;
}

/** A response of the service, of any status. */
export interface RawResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: HttpHeaders;
  /** The body; `null` if it is empty, as for `HEAD`. */
  readonly bodyAsText?: string | null;
  /** The request. */
  readonly request: RawRequest;
}

/**
 * The kind of a failure, for matching: one situation always has the same kind, while the severity in the service's
 * own code varies.
 *
 * | kind | situation |
 * | --- | --- |
 * | `InvalidRequest` | the service rejected the request as invalid (400, 415, 422), because of its filter for example |
 * | `Unauthorized` | the signature or the token was rejected (401), or the credential returned no token |
 * | `Forbidden` | the credential lacks the permission (403) |
 * | `NotFound` | the connection, user or group does not exist (404) |
 * | `Conflict` | the request conflicts with the state of the service (409, 412) |
 * | `PayloadTooLarge` | the message exceeds the service's limit, 1 MB (413) |
 * | `TooManyRequests` | the limits of the tier are exceeded (429) |
 * | `Server` | the service failed (5xx) |
 * | `Network` | the request did not reach the service, or its response was lost |
 * | `Timeout` | the call timed out |
 * | `Unexpected` | the response is not one that the operation defines |
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

/** The error that a response body describes. */
export interface RestErrorDetails {
  /** The service's code, including its severity: `Error.Connection.NotExisted`. */
  code?: string;
  /** The service's message. */
  message?: string;
  /** The subject of the error: a parameter, a connection, … */
  target?: string;
  /** The code of the `x-ms-error-code` header. */
  errorCode?: string;
  /** Validation messages by field name. */
  errors?: Record<string, string[]>;
  /** All other members of the body. */
  [member: string]: unknown;
}

/** Options for `new RestError()`. */
export interface RestErrorOptions {
  /** The service's code, or one of the constants of {@link RestError}. */
  code?: string;
  /** The HTTP status. */
  statusCode?: number;
  /** The kind. Default: `Unexpected`. */
  kind?: RestErrorKind;
  /** The error that the response body describes. */
  details?: RestErrorDetails;
  /** The request. */
  request?: RawRequest;
  /** The response. */
  response?: RawResponse;
  /** The underlying error, such as that of `fetch`. */
  cause?: unknown;
}

/**
 * A failed request: the service rejected it, or no response arrived.
 *
 * Printing it shows no key, no token, and no `Authorization` header.
 *
 * @example
 * ```ts
 * try {
 *   await service.group("room").addConnection(connectionId);
 * } catch (error) {
 *   if (isRestError(error) && error.kind === "NotFound") return; // the client has disconnected
 *   throw error;
 * }
 * ```
 */
export class RestError extends Error {
  /** The `code` when the request could not be sent or its response could not be read. */
  static readonly REQUEST_SEND_ERROR = "REQUEST_SEND_ERROR";
  /** The `code` when the response is not one that the operation defines. */
  static readonly PARSE_ERROR = "PARSE_ERROR";
  /** The `code` when the call timed out. */
  static readonly REQUEST_TIMEOUT = "REQUEST_TIMEOUT";

  /** Always `RestError`. */
  override readonly name = "RestError";
  /** The kind, for matching. */
  declare readonly kind: RestErrorKind;
  /**
   * The service's own code (`Error.Connection.NotExisted`), or one of `REQUEST_SEND_ERROR`, `REQUEST_TIMEOUT`,
   * `PARSE_ERROR`, `CREDENTIAL_ERROR`. The severity at the start of the service's codes varies: match by `kind`.
   */
  declare code?: string;
  /** The HTTP status, if a response arrived. */
  declare statusCode?: number;
  /** The error that the response body describes. */
  declare details?: RestErrorDetails;
  /** The request. Not enumerable. */
  declare readonly request?: RawRequest;
  /** The response, if one arrived. Not enumerable. */
  declare readonly response?: RawResponse;

  /** Creates an error, for tests and for custom `fetch` functions. */
  constructor(message: string, options: RestErrorOptions = {}) {
    const { code, statusCode, kind, details, request, response, cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind ?? "Unexpected";
    if (code !== undefined) this.code = code;
    if (statusCode !== undefined) this.statusCode = statusCode;
    if (details !== undefined) this.details = details;
    // Not enumerable, so that printing the error shows the relevant members only.
    Object.defineProperties(this, { request: { value: request }, response: { value: response } });
  }
}

/** Whether a caught value is a {@link RestError}, also one of another copy of this package. */
export const isRestError = (error: unknown): error is RestError =>
  // By tag and not by class, so that an error of another realm counts.
  Object.prototype.toString.call(error) === "[object Error]" && (error as Error).name === "RestError";

/** Creates the error for invalid input: a TypeError, or a RangeError for a number or a length outside its limits. */
export const argumentError = (message: string, code: InputErrorCode, outOfRange?: boolean): InputError =>
  Object.assign(outOfRange ? new RangeError(message) : new TypeError(message), { code });

/** Creates the error for a missing response, or for one that the service did not send. */
export const transportError = (
  message: string,
  code: string,
  kind: RestErrorKind,
  cause?: unknown,
): RestError => new RestError(message, { code, kind, cause });

/** Creates the error that an aborted call rejects with; its cause is the reason of the signal. */
export const abortError = (reason: unknown): Error =>
  Object.assign(new Error("The operation was aborted.", { cause: reason }), {
    name: "AbortError",
    code: "ABORT_ERR",
  });
