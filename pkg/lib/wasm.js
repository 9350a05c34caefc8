// The WebAssembly core, with a way back should it ever stop: a trap leaves an instance that nothing can trust, so
// the next call gets a new one. No other file calls the generated glue.
import * as glue from "../dist/webpubsub_edge.js";
import { argumentError } from "./errors.js";

let isStarted = false;

/** Starts the core, synchronously; does nothing when it runs already. */
export const start = (module) => {
  if (Object.prototype.toString.call(module) !== "[object WebAssembly.Module]") {
    const how =
      'compile the package\'s "webpubsub-edge/webpubsub_edge.wasm" first where its import does not give one';
    throw argumentError(`init() takes a WebAssembly.Module: ${how}`, "InvalidModule");
  }
  // A module of another realm lacks nothing but the prototype, which the glue asks for.
  if (!(module instanceof WebAssembly.Module)) Object.setPrototypeOf(module, WebAssembly.Module.prototype);
  glue.initSync({ module });
  isStarted = true;
};

/** Whether a call is inside the core. Calls do not overlap: one that finds this set comes after one that stopped it. */
let isInside = false;
let instances = 0;

/** The number of the instance that calls go to; objects of an earlier one are gone. */
export const instance = () => {
  if (isInside) renew();
  return instances;
};

/** Where the stack has no room even for this, the next call does it again. */
const renew = () => {
  instances++;
  glue.__wbg_reset_state();
  isInside = false;
};

/** A trap, or a stack or memory that ran out in the middle of the core; errors that the core throws have a code. */
const stopped = (error) =>
  error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && error.code === undefined);

const guard = (call) =>
  function (...args) {
    if (!isStarted) {
      const message =
        'The WebAssembly core has not been started: call init(module) of "webpubsub-edge/slim" first';
      throw Object.assign(new Error(message), { code: "CORE_NOT_STARTED" });
    }
    instance();
    isInside = true;
    try {
      const value = call.apply(this, args);
      isInside = false;
      return value;
    } catch (error) {
      if (!stopped(error)) {
        isInside = false;
        throw error;
      }
      renew();
      const message =
        "The WebAssembly core stopped and was started anew: this call failed, the next one works";
      throw Object.assign(new Error(message, { cause: error }), { code: "CORE_STOPPED" });
    }
  };

for (const { prototype } of [glue.EventCore, glue.RetryPolicy, glue.ServiceCore]) {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === "constructor" || name.startsWith("_")) continue;
    const kind = property.get ? "get" : "value";
    Object.defineProperty(prototype, name, { ...property, [kind]: guard(property[kind]) });
  }
}

/** Makes an object of the core. */
export const make = guard((Class, ...args) => new Class(...args));

export const { EventCore, RetryPolicy, ServiceCore } = glue;
export const checkGroup = guard(glue.checkGroup);
export const checkHeader = guard(glue.checkHeader);
export const checkUserId = guard(glue.checkUserId);
export const describe = guard(glue.describe);
export const escapePattern = guard(glue.escapePattern);
export const freshness = guard(glue.freshness);
export const groupRole = guard(glue.groupRole);
export const kindOfStatus = guard(glue.kindOfStatus);
export const mqttCodeOf = guard(glue.mqttCodeOf);
export const mqttStatusOf = guard(glue.mqttStatusOf);
export const patternRole = guard(glue.patternRole);
export const quote = guard(glue.quote);
export const redact = guard(glue.redact);
