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

/** Counts instances; objects of an earlier one are gone. */
export let generation = 0;

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
    try {
      return call.apply(this, args);
    } catch (error) {
      if (!stopped(error)) throw error;
      glue.__wbg_reset_state();
      generation++;
      const message =
        "The WebAssembly core stopped and was started anew: this call failed, the next one works";
      throw Object.assign(new Error(message, { cause: error }), { code: "CORE_STOPPED" });
    }
  };

for (const { prototype } of [glue.EventCore, glue.RetryPolicy, glue.ServiceCore]) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const isOurs = name !== "constructor" && name !== "free" && !name.startsWith("_");
    if (isOurs && typeof value === "function") prototype[name] = guard(value);
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
