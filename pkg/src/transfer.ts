/**
 * One attempt: a request is sent, and its response read within a limit.
 *
 * Not in here: what becomes of it, which the core judges (`exchange.ts`).
 */
import { argumentError } from "./errors.js";
import { Operation, fields, now, whole } from "./core.js";
import type { Deadline } from "./deadline.js";
import { Failure, failure, parsed, textMember } from "./failures.js";
import type { Attempt } from "./logging.js";
import type { AbortSignalLike, FetchFunction, FetchInit, HostResponse } from "./platform.js";

const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder();

/**
 * Sends a request. An attempt without a response has an error; so has one whose body broke off, unless its status says
 * enough.
 */
export const transfer = async (
  send: FetchFunction | undefined,
  url: string,
  init: FetchInit,
  deadline: Deadline,
  limit: number,
  number: number,
  needsBody = true,
): Promise<Attempt> => {
  const attempt: Attempt = { number, started: Date.now(), text: "" };
  let text: string | undefined = "";
  try {
    deadline.check();
    const response = await (send ?? fetch)(url, init);
    deadline.check();
    if (typeof response?.status !== "number" || typeof response.headers?.get !== "function") {
      throw new TypeError("fetch returned a value that is not a Response");
    }
    // Most responses have no body, and even an empty one takes a while to read.
    if (response.body !== null) {
      text = await readText(response, limit, deadline).catch((cause) => {
        if (needsBody && response.ok) throw cause;
        return "";
      });
      deadline.check();
    }
    attempt.response = response;
  } catch (cause) {
    if (deadline.isOver) throw cause;
    if (cause instanceof TypeError && /illegal invocation/i.test(cause.message)) {
      throw Object.assign(
        argumentError(
          'The option "fetch" was called without its object: pass (input, init) => env.NAME.fetch(input, init)',
          "InvalidOption",
        ),
        { cause },
      );
    }
    attempt.error = failure(Failure.Network, cause, url);
  }
  if (text === undefined) throw failure(Failure.ResponseTooLarge, undefined, limit);
  attempt.text = text;
  return attempt;
};

/** Reads a body as text; nothing if it exceeds the limit. A small body may be compressed from a huge one. */
const readText = async (
  response: HostResponse,
  limit: number,
  deadline: Deadline,
): Promise<string | undefined> => {
  const { body, headers } = response;
  const length = headers.get("content-length");
  const isShort = length && Number(length) <= limit && !headers.get("content-encoding");
  if (isShort || typeof body?.getReader !== "function") return response.text();
  const bytes = await readLimited(body.getReader() as ReadableStreamReader, limit, deadline.signal);
  return bytes && decoder.decode(bytes);
};

/** Reads a stream to its end; nothing if it exceeds the limit. */
export const readLimited = async (
  reader: ReadableStreamReader,
  limit: number,
  signal: AbortSignalLike | null | undefined,
): Promise<ArrayBuffer | undefined> => {
  const stop = (): void => void reader.cancel().catch(() => {});
  const chunks: Uint8Array[] = [];
  let size = 0;
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal?.aborted) throw signal.reason;
      if (done) break;
      chunks.push(value as Uint8Array);
      size += (value as Uint8Array).byteLength;
      if (size > limit) {
        stop();
        return undefined;
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  const bytes = new Uint8Array(size);
  for (const chunk of chunks.reverse()) bytes.set(chunk, (size -= chunk.byteLength));
  return bytes.buffer;
};

/** A delay in milliseconds, or nothing, when there is no message. */
type Judgement =
  [kind: string, code: string, message: string] | [delay: string, code?: undefined, message?: undefined];

/**
 * Has the core judge an attempt. `first` are the statuses that are an outcome, whether the request may be repeated, and
 * the retry policy. Returns nothing for an outcome, a delay in milliseconds, or kind, code and message of a failure.
 */
export const judge = (
  first: readonly (string | number)[],
  method: string,
  { number, response, text }: Attempt,
): Judgement => {
  const body = parsed(text);
  return fields<string[] & Judgement>(Operation.Judge, [
    ...first,
    number,
    response?.status ?? "",
    headerOf(response, "retry-after-ms"),
    headerOf(response, "x-ms-retry-after-ms"),
    headerOf(response, "retry-after"),
    now(),
    whole(Math.random() * 2 ** 32),
    method,
    textMember(body, "code"),
    textMember(body, "message"),
    textMember(body, "title"),
    headerOf(response, "x-ms-error-code"),
    dateOf(response, "date"),
    headerOf(response, "content-type"),
    dateOf(response, "retry-after"),
  ]);
};

/** The value of a header that is a date of HTTP, in seconds since 1970; no number for any other. */
const dateOf = (response: HostResponse | undefined, name: string): string => {
  const value = headerOf(response, name);
  return / GMT$/.test(value) ? String(Date.parse(value) / 1000) : "";
};

/** The value of a header of a response; empty if either is missing. */
export const headerOf = (response: HostResponse | undefined, name: string): string =>
  response?.headers.get(name) ?? "";
