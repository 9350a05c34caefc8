// Many requests at once, each held to its plan.
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a request may take before it counts as hanging, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Sends what a plan has; gives how it ended. Who leaves resets the connection: workerd takes notice of that at once,
 * of a connection that is merely closed when it next writes to it.
 */
const send = (url, { path, headers, body, isUnfinished, leaves }) =>
  new Promise((resolve) => {
    const sent = request(url + path, { method: "POST", headers, agent: false });
    const end = (value) => {
      clearTimeout(leaving);
      clearTimeout(late);
      resolve(value);
      if (value.gone || value.hangs) sent.socket?.resetAndDestroy();
    };
    const leaving = leaves !== undefined && setTimeout(end, leaves, { gone: true });
    const late = setTimeout(end, PATIENCE, { hangs: true });
    sent.on("error", (error) => end({ broken: error.message }));
    sent.on("response", async (response) => {
      try {
        const said = await text(response);
        const { statusCode: status } = response;
        end(path === "/call" && status === 200 ? JSON.parse(said) : { status, body: said });
      } catch (error) {
        end({ broken: error.message });
      }
    });
    sent.write(body);
    if (!isUnfinished) sent.end();
  });

/** Whether an end is one that the plan calls for, by the members that it names. */
const isCalledFor = (end, { ends }) =>
  ends.some((called) => Object.entries(called).every(([name, value]) => end[name] === value));

/**
 * Sends `count` requests in waves of 100 to 200; the last wave is the one in which any hangs. Gives what came of them:
 * `{ plan, end, asPlanned }` each.
 */
export const storm = async (url, { count, random, plan }) => {
  const results = [];
  while (results.length < count && !results.some(({ end }) => end.hangs)) {
    const size = Math.min(100 + Math.trunc(random() * 101), count - results.length);
    const plans = [];
    for (let i = 0; i < size; i++) plans.push(await plan());
    const wave = plans.map(async (plan) => {
      // Not all in the same instant.
      await sleep(random() * 20);
      const end = await send(url, plan);
      return { plan, end, asPlanned: isCalledFor(end, plan) };
    });
    results.push(...(await Promise.all(wave)));
  }
  return results;
};
