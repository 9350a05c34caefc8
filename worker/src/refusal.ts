// Requests that the Worker refuses, and its error responses. Nothing here knows about rooms.

import { RestError } from "webpubsub-edge";

/** A refused request. The message is shown to the person who made it, and says how to fix it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    /** The HTTP status of the response, if the request was an HTTP request. */
    readonly status: number,
    /** Stable: programs compare it, never the message. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Converts anything thrown to a refusal. Internal errors are logged, and described only in general terms. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  console.error(error);
  if (error instanceof RestError) {
    return error.code === "REQUEST_TIMEOUT"
      ? new Refusal(
          504,
          "service_timeout",
          "The chat service took too long to respond. Try again in a moment.",
        )
      : new Refusal(502, "service_failed", "The chat service had a problem. Try again in a moment.");
  }
  return new Refusal(500, "internal", "Something went wrong on the server. Try again in a moment.");
}

/** The HTTP response for a refusal. */
export function refuse(refusal: Refusal, headers?: HeadersInit): Response {
  const { status, code, message } = refusal;
  return Response.json({ error: { code, message } }, { status, ...(headers && { headers }) });
}
