/**
 * The `res` of connect events and user events: the first response that a handler decides on.
 *
 * In here: the types of what handlers give. The core checks the values and writes the response. Not in here: the
 * types for users (`event-responses.ts`).
 */
import { isPlain, object, optional, plain, text, texts, wrongType } from "./arguments.js";
import { Operation, Parameter, fields, mark } from "./core.js";
import { argumentError } from "./errors.js";
import type { ConnectRequest, ConnectionContext, UserEventRequest } from "./event-requests.js";
import type {
  ConnectErrorResponse,
  ConnectResponseHandler,
  MqttConnectErrorResponse,
  MqttConnectResponse,
  UserEventResponseHandler,
} from "./event-responses.js";
import { toJson } from "./messages.js";
import type { MqttUserProperty } from "./mqtt.js";

/** The status of a response that says nothing. */
interface Accepted {
  status: number;
}

/** The first response to an event, and the state that goes with it. */
export abstract class Responder {
  /** The response, once there is one. */
  declare response: Response | undefined;
  abstract readonly res: ConnectResponseHandler | UserEventResponseHandler | undefined;
  /** The MQTT version of the client, any text if it is unknown; empty for other clients. */
  #version: string;
  #listener: ((response: Response) => void) | undefined;
  #states: Record<string, unknown>;
  #isChanged = false;
  #accepted: Accepted;

  /** @param accepted - The response that says nothing, as the verdict has it. */
  constructor({ states }: ConnectionContext, accepted: Accepted, version = "") {
    this.#states = states;
    this.#accepted = accepted;
    this.#version = version;
  }

  /** Responds by the value that a handler returned. */
  abstract take(value: object): void;

  /** Responds for a handler that neither responded nor returned a value: with nothing but a state that has changed. */
  silence(): void {
    if (this.#isChanged) this.respond(Operation.Reply, [""], []);
    else this.#send(new Response(null, this.#accepted));
  }

  /** Responds for a handler that has ended, unless it has responded. */
  finish(returned: unknown): void {
    if (this.response) return;
    if (returned == null) this.silence();
    else this.take(returned);
  }

  /** Waits for the response. */
  wait(): Promise<Response> {
    return new Promise((resolve) => {
      if (this.response) resolve(this.response);
      else this.#listener = resolve;
    });
  }

  /** Responds that the handler failed; says nothing of the error. */
  fail(): void {
    if (!this.response) this.respond(Operation.Rejection, ["", "", this.#version], []);
  }

  setState(name: string, value: unknown): void {
    this.#isChanged = true;
    if (value === undefined) delete this.#states[name];
    // Not by assignment, to which `__proto__` means something else.
    else {
      Object.defineProperty(this.#states, name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }

  /** Responds as the core writes it, unless there is a response. A response that the core rejects does not count. */
  respond(operation: Operation, first: string[], given: string[], data?: unknown): void {
    // Refusals leave the state as it is.
    if (this.#isChanged && operation !== Operation.Rejection) {
      given.push(Parameter.State + toJson(this.#states, "state", "InvalidState"));
    }
    const [body, status, contentType, state] = fields(operation, first, given);
    const headers: Record<string, string> = {};
    if (contentType) headers["Content-Type"] = contentType;
    if (state) headers["ce-connectionState"] = state;
    this.#send(new Response(contentType ? (data ?? body) : null, { status: Number(status), headers }));
  }

  #send(response: Response): void {
    this.response = response;
    this.#listener?.(response);
  }

  /** Refuses the client or the event. */
  refuse(response: ConnectErrorResponse | MqttConnectErrorResponse): void {
    if (this.response) return;
    const given: string[] = [];
    const refusal: Partial<ConnectErrorResponse & MqttConnectErrorResponse> = response;
    members(refusal, "refusal", ["code", "detail", "mqtt"]);
    const isMqtt = refusal.mqtt !== undefined;
    const packet = members(refusal.mqtt ?? {}, 'member "mqtt" of the refusal', [
      "code",
      "reason",
      "userProperties",
    ]) as Partial<MqttConnectErrorResponse["mqtt"]>;
    mark(
      Parameter.Reason,
      isMqtt ? optional(packet, "reason", text) : optional(refusal, "detail", text),
      given,
    );
    markProperties(packet, given);
    this.respond(
      Operation.Rejection,
      [numberText(refusal.code), isMqtt ? numberText(packet.code) : "", this.#version],
      given,
    );
  }
}

/** Reads a plain object with no other members than these: only such a one is a decision. */
const members = <T extends object>(value: T, what: string, names: readonly string[]): T =>
  object(plain(value, what), what, names);

/** Responds to a connect event. */
export class ConnectResponder extends Responder {
  declare readonly res: ConnectResponseHandler;
  #offered: readonly string[];

  constructor({ context, mqtt, subprotocols }: ConnectRequest, accepted: Accepted) {
    super(context, accepted, context.clientProtocol === "mqtt" ? numberText(mqtt?.protocolVersion) : "");
    this.#offered = subprotocols ?? [];
    // Methods and not arrow functions: bundlers that keep names would define the names of those for each event.
    const responder = this;
    this.res = {
      setState(name, value) {
        responder.setState(name, value);
      },
      success(response) {
        responder.#accept(response);
      },
      fail(code, detail) {
        responder.refuse({ code, detail });
      },
      failWith(response) {
        responder.refuse(response);
      },
    };
  }

  take(value: Partial<ConnectErrorResponse & MqttConnectErrorResponse>): void {
    if (typeof value !== "object" || !isPlain(value)) {
      throw argumentError(
        "handleConnect must return a plain object that accepts the client ({ groups, roles, userId, subprotocol, mqtt }) " +
          "or rejects it ({ code, detail }), or call res.success() or res.fail()",
        "InvalidResponse",
      );
    }
    // A value that was meant to refuse must not accept.
    const refuses = value.code !== undefined || value.mqtt?.code !== undefined;
    if (refuses) this.refuse(value as ConnectErrorResponse);
    else this.#accept(value as MqttConnectResponse);
  }

  override silence(): void {
    throw argumentError(
      "handleConnect neither responded nor returned a value, so that the client is rejected: call res.success()",
      "MissingAnswer",
    );
  }

  #accept(response: MqttConnectResponse | undefined): void {
    if (this.response) return;
    const options = members(response ?? {}, "response to the connect event", [
      "groups",
      "roles",
      "userId",
      "subprotocol",
      "mqtt",
    ]);
    const given: string[] = [];
    const groups = optional(options, "groups", texts);
    const roles = optional(options, "roles", texts);
    mark(Parameter.UserId, optional(options, "userId", text), given);
    mark(Parameter.GroupsGiven, groups && "", given);
    mark(Parameter.Groups, groups, given);
    mark(Parameter.RolesGiven, roles && "", given);
    mark(Parameter.Roles, roles, given);
    mark(Parameter.Subprotocol, optional(options, "subprotocol", text), given);
    mark(Parameter.OfferedSubprotocols, this.#offered, given);
    markProperties(members(options.mqtt ?? {}, 'member "mqtt" of the response', ["userProperties"]), given);
    this.respond(Operation.Acceptance, [], given);
  }
}

/** A number as text; for any other value a text that is no number. */
const numberText = (value: unknown): string => (typeof value === "number" ? String(value) : "-");

const markProperties = (packet: { userProperties?: MqttUserProperty[] }, given: string[]): void => {
  const { userProperties } = packet;
  if (userProperties == null) return;
  if (!Array.isArray(userProperties)) throw wrongType("user properties", "an array of { name, value }");
  given.push(Parameter.UserPropertiesGiven);
  for (const property of userProperties) {
    given.push(
      Parameter.UserProperty + text(property?.name, "name of a user property"),
      text(property?.value, "value of a user property"),
    );
  }
};

/** Responds to a user event. */
export class UserEventResponder extends Responder {
  declare readonly res: UserEventResponseHandler;

  constructor({ context, dataType: received }: UserEventRequest, accepted: Accepted) {
    super(context, accepted);
    const responder = this;
    this.res = {
      setState(name, value) {
        responder.setState(name, value);
      },
      success(data, dataType) {
        // The official package sends every string as bytes; here, a reply to text is text.
        const isText = typeof data === "string" && received === "text";
        responder.#reply(data, dataType ?? (isText ? received : "binary"));
      },
      fail(code, detail) {
        responder.refuse({ code, detail });
      },
    };
  }

  take(value: { data?: unknown; dataType?: unknown }): void {
    // An event is its own echo.
    const { data, dataType } = members(value, "reply", ["data", "dataType", "contentType", "context"]);
    const body = dataType === "json" ? toJson(data, "reply", "InvalidReply") : data;
    const isRight = dataType === "binary" ? isBytes(body) : typeof body === "string";
    if (!isRight || typeof dataType !== "string") throw invalidReply();
    this.#reply(body, dataType);
  }

  #reply(data: unknown, dataType: unknown): void {
    if (this.response) return;
    if (data != null && typeof data !== "string" && !isBytes(data)) throw invalidReply();
    if (data == null) this.silence();
    // Not empty, which would be no data.
    else this.respond(Operation.Reply, [String(dataType) || "-"], [], data);
  }
}

/** Responds to an event of which the service only notifies. */
export class Notified extends Responder {
  declare readonly res: undefined;
  take(): void {
    this.silence();
  }
}

const isBytes = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const invalidReply = (): Error =>
  argumentError(
    'The reply is invalid: pass a string or bytes to res.success(), or return { data, dataType } with "text", "json" or "binary"',
    "InvalidReply",
  );
