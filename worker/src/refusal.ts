// What the Worker turns down, and how it says so. Nothing here knows about rooms.

import { RestError } from "webpubsub-edge";

/** A request that is turned down. The message is shown to the person who made it, and says what to do. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    /** The HTTP status, for a request that came over HTTP. */
    readonly status: number,
    /** Stable: programs compare this, never the message. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whatever was thrown, as a refusal. What is nobody's fault outside is logged and told in general words. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  console.error(error);
  if (error instanceof RestError) {
    return error.code === "REQUEST_TIMEOUT"
      ? new Refusal(
          504,
          "service_timeout",
          "The chat service took too long to answer. Try again in a moment.",
        )
      : new Refusal(502, "service_failed", "The chat service could not do that. Try again in a moment.");
  }
  return new Refusal(500, "internal", "Something went wrong on the server. Try again in a moment.");
}

/** The refusal as an answer over HTTP. */
export function refuse(refusal: Refusal, headers?: HeadersInit): Response {
  const { status, code, message } = refusal;
  return Response.json({ error: { code, message } }, { status, ...(headers && { headers }) });
}
