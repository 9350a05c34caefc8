// The handler of the events of the service, name for name that of @azure/web-pubsub-express.
import { EventCore } from "../dist/webpubsub_edge.js";
import { Core } from "./core.js";
import { connectAnswers, responseOf, userEventAnswers, words } from "./event-answers.js";
import { Fault, parseStates, readBody, requestOf } from "./event-requests.js";
import { middleware } from "./node.js";

/** Handles the events that the service sends for one hub. */
export class WebPubSubEventHandler {
  #core;
  #options;

  constructor(hub, options) {
    this.#options = options ?? {};
    const { accessKeys } = this.#options;
    const known = accessKeys === undefined || accessKeys === null || typeof accessKeys === "function";
    this.#core = new Core(() => new EventCore(hub, options, known ? undefined : keyTexts(accessKeys)));
    const { path } = this.#core.get();
    Object.defineProperties(this, {
      hub: { value: hub, enumerable: true },
      path: { value: path, enumerable: true },
    });
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
    const head = [request.method, request.url, lines(request.headers)];
    let outcome;
    try {
      const keys = this.#core.get().needsKeys(...head) ? await this.#keys() : [];
      outcome = this.#core.get().receive(...head, keys);
    } catch (error) {
      await this.#report(error);
      return words(500, "The access keys of this handler could not be read.");
    }
    if (outcome === undefined) return undefined;
    const event = JSON.parse(outcome);
    return event.handler === undefined ? responseOf(outcome) : this.#event(event, request, ctx);
  }

  /** The keys of now, which may be others than those of the last event. */
  async #keys() {
    const { accessKeys } = this.#options;
    if (accessKeys === undefined || accessKeys === null) return [];
    return keyTexts(typeof accessKeys === "function" ? await accessKeys() : accessKeys);
  }

  async #event(event, request, ctx) {
    const { handler, context } = event;
    context.states = parseStates(event.states);
    if (!(await this.#isAuthorized(request, context))) return words(401, "The event is not authorized.");
    if (typeof this.#options[handler] !== "function") return new Response(null, { status: 204 });
    let bytes;
    try {
      bytes = await readBody(request, this.#core.get().maxBodyBytes);
    } catch (error) {
      if (error instanceof Fault) throw error;
      await this.#report(error, context);
      return words(500, "The body of the event could not be read.");
    }
    if (bytes === undefined) return responseOf(this.#core.get().tooLarge());
    const req = requestOf(event, bytes);
    if (handler === "handleConnect") return this.#ask(handler, req, connectAnswers(req), ctx);
    if (handler === "handleUserEvent") return this.#ask(handler, req, userEventAnswers(req), ctx);
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

  async #run(handler, req, answers) {
    const { first, res, take, silence } = answers;
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
      () => 204,
      async (error) => {
        await this.#report(error, req.context);
        return 500;
      },
    );
    ctx?.waitUntil(work);
    return (ctx ? 204 : await work) === 204
      ? new Response(null, { status: 204 })
      : words(500, "The event could not be handled.");
  }

  /** Tells the user's hook what went wrong; nobody else. */
  async #report(error, context) {
    try {
      const { onError } = this.#options;
      if (typeof onError === "function") await this.#options.onError(error, context);
      else console.error("The handler of a Web PubSub event failed:", error);
    } catch (failure) {
      console.error("onError failed:", failure);
    }
  }
}

const keyTexts = (keys) => [keys].flat().map((key) => (typeof key === "string" ? key : key?.key));

/** The headers as the core reads them: a line for each. */
const lines = (headers) => {
  let text = "";
  headers.forEach((value, name) => (text += `${name}:${value}\n`));
  return text;
};
