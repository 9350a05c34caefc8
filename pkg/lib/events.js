// The handler of the events of the service, name for name that of @azure/web-pubsub-express.
import { EventCore } from "./wasm.js";
import { callable, flag, number, object, optional, text, texts } from "./arguments.js";
import { Core } from "./core.js";
import { argumentError } from "./errors.js";
import { connectAnswers, failed, taken, userEventAnswers, words } from "./event-answers.js";
import { Fault, contextOf, headersOf, readBody, systemEventOf, userEventOf } from "./event-requests.js";
import { middleware } from "./node.js";

// As much as a message can have.
const MAX_BODY_BYTES = 1024 * 1024;

const HANDLERS = [
  "handleConnect",
  "handleUserEvent",
  "onConnected",
  "onDisconnected",
  "onGroupJoined",
  "onGroupLeft",
  "authorize",
  "onError",
];

/** Handles the events that the service sends for one hub. */
export class WebPubSubEventHandler {
  #core;
  #options;
  #accessKeys;
  #maxBodyBytes;

  constructor(hub, options) {
    this.#options = object(options, "options of the event handler");
    HANDLERS.forEach((name) => optional(this.#options, name, callable));
    const { accessKeys } = this.#options;
    const asks = typeof accessKeys === "function";
    if (asks) this.#accessKeys = accessKeys;
    else if (accessKeys !== undefined && accessKeys !== null) this.#accessKeys = () => accessKeys;
    this.#maxBodyBytes = optional(this.#options, "maxBodyBytes", size) ?? MAX_BODY_BYTES;
    const settings = [
      text(hub, "hub name", "InvalidHub"),
      optional(this.#options, "path", text),
      optional(this.#options, "allowedEndpoints", texts),
      optional(this.#options, "connectionString", text),
      asks ? [] : keyTexts(accessKeys),
      asks,
      optional(this.#options, "dangerouslySkipSignatureVerification", flag) ?? false,
    ];
    this.#core = new Core(EventCore, () => settings);
    const { path } = this.#core.get();
    for (const [name, value] of Object.entries({ hub, path })) {
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  async handle(request, ctx) {
    try {
      return await this.#handle(request, typeof ctx?.waitUntil === "function" ? ctx : undefined);
    } catch (error) {
      if (error instanceof Fault) return words(error.status, error.message);
      throw error;
    }
  }

  // Deno and Bun give something else second, Workers give the context third, Vercel second.
  fetch = async (request, ...rest) => {
    const ctx = rest.find((value) => typeof value?.waitUntil === "function");
    return (
      (await this.handle(request, ctx)) ??
      words(
        404,
        `Only the events of Azure Web PubSub for the hub ${this.hub} are taken here, at ${this.path}`,
      )
    );
  };

  getMiddleware() {
    return middleware(this);
  }

  async #handle(request, ctx) {
    const headers = headersOf(request);
    const verdict = await this.#judge(request, headers);
    if (verdict === undefined) return undefined;
    // A status, and behind it the words, or the origin that may send events.
    const status = Number(verdict.slice(0, 3));
    const rest = verdict.slice(3);
    if (status === 200) return new Response(null, { headers: { "WebHook-Allowed-Origin": rest } });
    if (status === 204) return taken();
    if (status > 0) return words(status, rest);
    return this.#event(verdict.split(" "), contextOf(headers), request, ctx);
  }

  async #judge(request, headers) {
    let lines = "";
    for (const [name, value] of headers) lines += `${name}:${value}\n`;
    const head = [request.method, new URL(request.url).pathname, lines];
    const verdict = this.#core.get().receive(...head, this.#accessKeys ? undefined : []);
    if (verdict !== "?") return verdict;
    try {
      // The keys of now, which may be others than those of the last event.
      const keys = keyTexts(await this.#accessKeys());
      return this.#core.get().receive(...head, keys);
    } catch (error) {
      await this.#report(error);
      throw new Fault(500, "The access keys of this handler could not be read.");
    }
  }

  async #event([handler, dataType], context, request, ctx) {
    if (!(await this.#isAuthorized(request, context))) return words(401, "The event is not authorized.");
    if (!this.#options[handler]) return taken();
    const bytes = await this.#read(request, context);
    if (handler === "handleUserEvent") {
      const req = userEventOf(context, dataType, request.headers.get("content-type"), bytes);
      return this.#ask(handler, req, userEventAnswers(req), ctx);
    }
    const req = systemEventOf(handler, context, bytes);
    if (handler === "handleConnect") return this.#ask(handler, req, connectAnswers(req), ctx);
    return this.#tell(handler, req, ctx);
  }

  async #isAuthorized(request, context) {
    try {
      const allowed = await this.#options.authorize?.(request, context);
      return allowed === undefined || Boolean(allowed);
    } catch (error) {
      await this.#report(error, context);
      return false;
    }
  }

  async #read(request, context) {
    try {
      return await readBody(request, this.#maxBodyBytes);
    } catch (error) {
      if (error instanceof Fault) throw error;
      await this.#report(error, context);
      throw new Fault(500, "The body of the event could not be read.");
    }
  }

  /** An event whose answer the service waits for. */
  async #ask(handler, req, answers, ctx) {
    const { first } = answers;
    const work = this.#run(handler, req, answers).catch(async (error) => {
      answers.fail();
      await this.#report(error, req.context);
    });
    // A handler may answer and go on; the answer does not wait for the rest where the runtime lets it go on.
    ctx?.waitUntil(work);
    const response = await first.response;
    if (!ctx) await work;
    return response;
  }

  async #run(handler, req, { first, res, take, silence }) {
    const returned = this.#options[handler](req, res);
    const value = await returned;
    if (first.given) return;
    if (value !== undefined && value !== null) take(value);
    // A function that takes `res`, and is not async, may have left it to a callback.
    else if (typeof returned?.then === "function" || this.#options[handler].length < 2) silence();
  }

  /** An event that the service only tells of. */
  async #tell(handler, req, ctx) {
    const work = (async () => this.#options[handler](req))().then(
      () => taken(),
      async (error) => {
        await this.#report(error, req.context);
        return failed();
      },
    );
    if (!ctx) return work;
    ctx.waitUntil(work);
    return taken();
  }

  /** Tells the user's hook what went wrong; nobody else. */
  async #report(error, context) {
    try {
      if (this.#options.onError) await this.#options.onError(error, context);
      else console.error("The handler of a Web PubSub event failed:", error);
    } catch (failure) {
      console.error("onError failed:", failure);
    }
  }
}

const size = (value, what) => {
  if (Number.isSafeInteger(number(value, what)) && value > 0) return value;
  throw argumentError(`The ${what} must be a positive integer`, "InvalidOption", true);
};

/** Keys, credentials, or a list of them, as keys. */
const keyTexts = (keys) =>
  keys === undefined || keys === null
    ? []
    : [keys]
        .flat()
        .map((key) => text(typeof key === "string" ? key : key?.key, "access key", "InvalidAccessKey"));
