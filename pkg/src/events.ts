/**
 * The handler of the events that the service sends.
 *
 * In here: the order of the steps, and the handlers' promises. Not in here: the verdict on a request, which is the
 * core's, the bodies (`event-body.ts`), the responses (`event-responder.ts`).
 */
import {
  accessKey,
  callable,
  flag,
  limit,
  object,
  optional,
  plain,
  strict,
  text,
  texts,
} from "./arguments.js";
import { Operation, Parameter, fields, listOf, mark, yes } from "./core.js";
import type { KeyCredential } from "./credentials.js";
import { argumentError } from "./errors.js";
import {
  Fault,
  Refusal,
  bytesOf,
  decoded,
  readBody,
  readMembers,
  readStates,
  userEvent,
} from "./event-body.js";
import type { AccessKeys, WebPubSubEventHandlerOptions } from "./event-options.js";
import type { Claims, ConnectRequest, ConnectionContext, UserEventRequest } from "./event-requests.js";
import { ConnectResponder, Notified, UserEventResponder } from "./event-responder.js";
import type { Responder } from "./event-responder.js";
import { middleware } from "./node.js";
import type { ExecutionContextLike, HostResponse, NodeMiddleware, RequestLike } from "./platform.js";

const HANDLERS = [
  "handleConnect",
  "handleUserEvent",
  "onConnected",
  "onDisconnected",
  "onGroupJoined",
  "onGroupLeft",
  "authorize",
  "onError",
] as const;

type EventRequest = UserEventRequest | ConnectRequest;

type Handler = (req: EventRequest, res: unknown) => unknown;

/** What the core says of an event that it accepts. */
type Verdict = [
  handler: string,
  dataType: string,
  contentType: string,
  status: string,
  context: string,
  state: string,
];

/** Where a handler is: the options, or their member `on`, and its name there. */
type Place = [handlers: Record<string, Handler | undefined>, name: string];

/**
 * Handles the events that the service sends for one hub: the handshake, the verification, and a function per event.
 *
 * An event that cannot be verified is rejected with a 401, a malformed one with another 4xx; the body names the
 * fault, and no secret. Events of unknown types are accepted and ignored.
 *
 * @example
 * ```ts
 * const events = new WebPubSubEventHandler("chat", {
 *   connectionString: env.WEB_PUBSUB_CONNECTION_STRING,
 *   handleConnect: (req, res) => (req.context.userId ? res.success({ groups: ["room"] }) : res.fail(401)),
 *   handleUserEvent: async (req) => {
 *     await service.group("room").sendToAll({ from: req.context.userId, data: req.data });
 *   },
 *   onDisconnected: (req) => console.log(req.context.connectionId, req.reason),
 * });
 *
 * export default {
 *   fetch: async (request, env, ctx) => (await events.handle(request, ctx)) ?? app(request, env),
 * };
 * ```
 */
export class WebPubSubEventHandler<
  State extends Record<string, any> = Record<string, any>,
  Data = unknown,
  TokenClaims extends Partial<Record<keyof TokenClaims, string[]>> = Claims,
> {
  /** The path of the webhook: in lower case, ending with `/`. */
  declare readonly path: string;
  /** The hub. */
  declare readonly hub: string;

  #options: WebPubSubEventHandlerOptions<State, Data, TokenClaims>;
  #maxBodyBytes: number;
  /** The key of the connection string, and the endpoints, marked. */
  #settings: string[] = [];
  #skips: boolean;

  /**
   * @param hub - The hub of the events, case-insensitive.
   * @throws TypeError with the code `MissingAccessKey` if there is nothing to verify events with.
   */
  constructor(hub: string, options?: WebPubSubEventHandlerOptions<State, Data, TokenClaims>) {
    const given = object(options, "options of the event handler", [
      ...HANDLERS,
      "on",
      "path",
      "connectionString",
      "accessKeys",
      "dangerouslySkipSignatureVerification",
      "allowedEndpoints",
      "maxBodyBytes",
    ] satisfies (keyof WebPubSubEventHandlerOptions)[]);
    this.#options = given;
    for (const name of HANDLERS) strict(given as Record<string, unknown>, name, callable);
    for (const [name, handler] of Object.entries(optional(given, "on", plain) ?? {})) {
      callable(handler, `handler "${name}" of the option "on"`);
    }
    this.#skips = optional(given, "dangerouslySkipSignatureVerification", flag) ?? false;
    const { accessKeys } = given;
    const hasKeys = typeof accessKeys === "function" || keysOf(accessKeys).length > 0 || this.#skips;
    const endpoints = strict(given, "allowedEndpoints", texts);
    mark(Parameter.AllowedEndpoints, endpoints, this.#settings);
    const [path, key, maxBodyBytes] = fields<[string, string, string]>(
      Operation.Handler,
      [
        text(hub, "hub name", "InvalidHub"),
        // With a blank in front when they are given.
        optional(given, "path", (value, what) => ` ${text(value, what)}`) ?? "",
        optional(given, "connectionString", (value, what) => ` ${text(value, what)}`) ?? "",
        yes(hasKeys),
        yes(!!endpoints),
      ],
      this.#settings,
    );
    this.#maxBodyBytes = optional(given, "maxBodyBytes", limit) ?? Number(maxBodyBytes);
    if (key) mark(Parameter.AccessKeys, key, this.#settings);
    Object.defineProperties(this, {
      hub: { value: hub, enumerable: true },
      path: { value: path, enumerable: true },
      fetch: {
        value: async (request: RequestLike, ...rest: (ExecutionContextLike | undefined)[]) => {
          // Workers pass the context third, Vercel second; Deno and Bun pass something else second.
          const ctx = rest.find((value) => typeof value?.waitUntil === "function");
          const response = await this.handle(request, ctx);
          // Without the path, which may be a secret.
          return response ?? new Refusal(Fault.NotFound, hub).response;
        },
        enumerable: true,
      },
    });
  }

  /**
   * Handles a request, if it is for this handler.
   *
   * Handlers that the service does not wait for go on after the response, by `ctx.waitUntil`; without a `ctx` the
   * response waits for them.
   *
   * @returns The response; nothing for a request that is not for this handler, whose body has not been read.
   */
  async handle(request: RequestLike, ctx?: ExecutionContextLike): Promise<HostResponse | undefined> {
    if (typeof request?.headers?.forEach !== "function") {
      throw argumentError(
        "handle() and fetch() require a Request of the fetch API: in Express and other Node servers, use getMiddleware()",
        "InvalidRequest",
      );
    }
    const headers: string[] = [];
    let values = "";
    let length = "";
    request.headers.forEach((value, name) => {
      headers.push(Parameter.Header + name, value);
      values += value;
      if (name === "content-length") length = value;
    });
    // Some runtimes decode UTF-8 in headers, others give its bytes as characters.
    if (/[\x80-\xff]/.test(values)) {
      for (let i = 1; i < headers.length; i += 2) headers[i] = repaired(headers[i] ?? "");
    }
    let response: Response | undefined;
    try {
      let verdict = this.#judge(request, headers);
      if (verdict[0] === "?") verdict = await this.#judgeLater(request, headers);
      const [first, second] = verdict as [string, string];
      if (verdict.length > 2) {
        const context = typeof ctx?.waitUntil === "function" ? ctx : undefined;
        response = await this.#event(request, length, verdict as Verdict, context);
        // A status with the origin that may send events, or with the text of a refusal.
      } else if (first === "200") {
        response = new Response(null, { headers: { "WebHook-Allowed-Origin": second } });
      } else if (first) response = new Response(second || null, { status: Number(first) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response = error.response;
    }
    return response as HostResponse | undefined;
  }

  /**
   * Handles every request; one that is not for this handler gets a 404. It needs no `this`, and accepts the arguments
   * that Workers, Deno and Bun pass.
   *
   * @example
   * ```ts
   * export default { fetch: events.fetch }; // Cloudflare Workers, Bun
   * Deno.serve(events.fetch);
   * ```
   */
  declare readonly fetch: (
    request: RequestLike,
    env?: unknown,
    ctx?: ExecutionContextLike,
  ) => Promise<HostResponse>;

  /**
   * Creates the same for Express, Connect and plain Node servers. Put it before anything that reads bodies.
   *
   * @example
   * ```ts
   * express().use(events.getMiddleware()).listen(3000);
   * ```
   */
  getMiddleware(): NodeMiddleware {
    return middleware(this);
  }

  /** Returns the verdict of the core: `?` when it needs keys that cannot be read at once. */
  #judge(request: RequestLike, headers: readonly string[]): string[] {
    const { accessKeys } = this.#options;
    let keys: string[] | undefined;
    try {
      if (typeof accessKeys !== "function") keys = keysOf(accessKeys);
    } catch {
      // Reported once the request has turned out to be an event.
    }
    return this.#verdict(request, headers, keys);
  }

  async #judgeLater(request: RequestLike, headers: readonly string[]): Promise<string[]> {
    const { accessKeys } = this.#options;
    let keys: string[];
    try {
      keys = keysOf(typeof accessKeys === "function" ? await accessKeys() : accessKeys);
    } catch (error) {
      await this.#report(error);
      throw new Refusal(Fault.KeysUnreadable);
    }
    return this.#verdict(request, headers, keys);
  }

  #verdict({ method, url }: RequestLike, headers: readonly string[], keys: string[] | undefined): string[] {
    const given = [...this.#settings];
    mark(Parameter.AccessKeys, keys, given);
    // The path: what follows the host, up to the query.
    const path = /^\w+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/";
    const verification = this.#skips ? "skip" : keys ? "keys" : "ask";
    const count = given.length;
    given.push(...headers);
    return fields(Operation.Verdict, [this.hub, this.path, verification, method, path, count], given);
  }

  /** Handles an event that was verified. */
  async #event(
    request: RequestLike,
    length: string,
    verdict: Verdict,
    ctx: ExecutionContextLike | undefined,
  ): Promise<Response> {
    const [name, dataType, contentType, status, json, state] = verdict;
    const context = JSON.parse(json) as ConnectionContext<any>;
    context.states = readStates(state);
    if (this.#options.authorize) await this.#authorize(request, context);
    const accepted = { status: Number(status) };
    const { on } = this.#options;
    const isNamed = name === "handleUserEvent" && on && Object.hasOwn(on, context.eventName);
    const place = (isNamed ? [on, context.eventName] : [this.#options, name]) as unknown as Place;
    if (!place[0][place[1]]) return new Response(null, accepted);
    let body: ArrayBuffer;
    try {
      body = await readBody(request, length, this.#maxBodyBytes);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      await this.#report(error, context);
      throw new Refusal(Fault.BodyUnreadable);
    }
    if (name === "handleUserEvent") {
      const req = userEvent(context, dataType, contentType, body);
      return this.#ask(place, req, new UserEventResponder(req, accepted), ctx);
    }
    const req = readMembers(name, context, body) as unknown as ConnectRequest;
    if (name === "handleConnect") return this.#ask(place, req, new ConnectResponder(req, accepted), ctx);
    const responder = new Notified(context, accepted);
    const response = this.#ask(place, req, responder, ctx);
    return ctx ? new Response(null, accepted) : response;
  }

  async #authorize(request: RequestLike, context: ConnectionContext<State>): Promise<void> {
    let allowed: unknown;
    try {
      allowed = flag(await this.#options.authorize?.(request, context), "result of authorize");
    } catch (error) {
      await this.#report(error, context);
    }
    if (allowed !== true) throw new Refusal(Fault.Unauthorized);
  }

  /** Calls a handler, and returns its response: at once, if the handler has responded at once. */
  #ask(
    [handlers, name]: Place,
    req: EventRequest,
    responder: Responder,
    ctx: ExecutionContextLike | undefined,
  ): Response | Promise<Response> {
    let work: Promise<void> | undefined;
    try {
      const handler = handlers[name] as Handler;
      const returned = handler.call(handlers, req, responder.res);
      if (typeof (returned as Partial<Promise<unknown>> | null | undefined)?.then === "function") {
        work = this.#settle(returned, req, responder);
      } else if (returned != null || handler.length < 2 || !responder.res) {
        responder.finish(returned);
      }
      // A handler that takes `res`, and is not async, may respond later, from a callback.
    } catch (error) {
      responder.fail();
      work = this.#report(error, req.context);
    }
    if (work) {
      // A handler may respond and go on; the response waits for the rest where the runtime would stop it.
      if (!ctx) {
        const response = work.then(() => responder.response ?? responder.wait());
        return this.#watched(name, req.context, response);
      }
      ctx.waitUntil(work);
    }
    return responder.response ?? this.#watched(name, req.context, responder.wait());
  }

  /** Waits for the response of a handler, and warns when it takes more than 10 s. */
  async #watched(name: string, context: ConnectionContext, response: Promise<Response>): Promise<Response> {
    const timer = setTimeout(() => {
      const text = `${name} has not ended for 10 s: call res.success() or res.fail(), or settle its promise`;
      const warning = Object.assign(new Error(text), { code: "HandlerPending" });
      if (this.#options.onError) void this.#report(warning, context);
      else console.warn(text);
    }, 10_000);
    try {
      return await response;
    } finally {
      clearTimeout(timer);
    }
  }

  async #settle(returned: unknown, req: EventRequest, responder: Responder): Promise<void> {
    try {
      responder.finish(await returned);
    } catch (error) {
      responder.fail();
      await this.#report(error, req.context);
    }
  }

  /** Calls the user's hook; nobody else sees the error. */
  async #report(error: unknown, context?: ConnectionContext<any>): Promise<void> {
    if (!this.#options.onError) return complain("The handler of a Web PubSub event failed:", error);
    try {
      await this.#options.onError(error, context);
    } catch (failure) {
      complain("onError failed:", failure);
    }
  }
}

/** Prints an error, which may be anything that a handler throws, also something that cannot be printed. */
const complain = (text: string, error: unknown): void => {
  try {
    console.error(text, error);
  } catch {
    console.error(text, "an error that cannot be printed");
  }
};

/** A header that is UTF-8, decoded; any other as it is. */
const repaired = (value: string): string => {
  const bytes = /[\x80-\xff]/.test(value) && bytesOf(value);
  return (bytes && decoded(bytes, true)) || value;
};

/** Keys, credentials, or a list of them, as keys. */
const keysOf = (keys: AccessKeys | null | undefined): string[] =>
  listOf<string | KeyCredential>(keys).map((key) => accessKey(typeof key === "string" ? key : key?.key));
