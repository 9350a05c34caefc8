// The end of a call before its answer: by the caller's signal, or because its time is up. Waits are causes here, and
// are never measured.
import { equal, matches, ok, rejects } from "../assert.js";
import { answer, never } from "../recorder.js";

const ABORTED = { name: "AbortError", code: "ABORT_ERR" };
const TIMED_OUT = { name: "RestError", code: "REQUEST_TIMEOUT", kind: "Timeout", statusCode: undefined };
/** Much longer than a check may take. */
const LATE = { retryDelayInMs: 600_000, maxRetryDelayInMs: 3_600_000 };

const soon = (run) => void setTimeout(run, 5);

/** An answer that never comes, and what happens while it is waited for. */
const thenNever = (run) => (request) => {
  soon(run);
  return never(request);
};

/** A response whose body never ends. */
const endless = () => new Response(new ReadableStream({}), { status: 200 });

/** A stream that never gives anything; `cancelled()` tells whether somebody gave it up. */
const silent = () => {
  let cancelled = false;
  const stream = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: () => {
      cancelled = true;
    },
  });
  return { stream, cancelled: () => cancelled };
};

export function deadlines({ pkg, check, recording }) {
  const withToken = (getToken, options) => {
    const { fetch, requests } = recording([200]);
    const credential = { getToken };
    const endpoint = "https://contoso.example";
    const client = new pkg.WebPubSubServiceClient(endpoint, credential, "chat", { fetch, ...options });
    return { client, requests };
  };

  check("sends nothing for a signal that has fired already", async () => {
    const { client, requests } = recording([200]);
    const abortSignal = AbortSignal.abort("why");
    const calls = [
      () => client.sendToAll("x", { abortSignal }),
      () => client.userExists("u", { abortSignal }),
      () => client.getServiceStatus({ abortSignal }),
      () => client.group("g").addUser("u", { abortSignal }),
      () => client.group("g").listConnections({ abortSignal }).next(),
      () => client.addConnectionsToGroups(["g"], "f", { abortSignal }),
      () => client.sendRequest({ method: "HEAD", path: "/api/health" }, { abortSignal }),
    ];
    for (const call of calls) equal((await rejects(call, ABORTED)).cause, "why");
    equal(requests.length, 0);
  });

  check("ends a request when the signal fires", async () => {
    const controller = new AbortController();
    const { client, requests } = recording([thenNever(() => controller.abort(new Error("why")))]);
    const error = await rejects(client.sendToAll("x", { abortSignal: controller.signal }), ABORTED);
    equal([error.cause.message, error instanceof Error], ["why", true]);
    equal([requests.length, requests[0].signal.aborted], [1, true]);
  });

  check("ends a request also if fetch takes no notice", async () => {
    const controller = new AbortController();
    let settle;
    const deaf = () => {
      soon(() => controller.abort());
      return new Promise((resolve) => (settle = resolve));
    };
    const { client } = recording([deaf]);
    await rejects(client.userExists("u", { abortSignal: controller.signal }), ABORTED);
    settle(answer(200));
  });

  check("ends the wait for another attempt", async () => {
    const controller = new AbortController();
    const unavailable = () => {
      soon(() => controller.abort("why"));
      return answer(503);
    };
    const { client, requests } = recording([unavailable], { retryOptions: LATE });
    const call = client.sendToAll("x", { abortSignal: controller.signal });
    equal((await rejects(call, ABORTED)).cause, "why");
    equal(requests.length, 1);
  });

  check("ends the reading of an answer", async () => {
    const controller = new AbortController();
    const begun = () => {
      soon(() => controller.abort());
      return endless();
    };
    const { client, requests } = recording([begun]);
    const { signal: abortSignal } = controller;
    await rejects(client.group("g").listConnections({ abortSignal }).next(), ABORTED);
    equal(requests.length, 1);
  });

  check("ends the reading of a message, and gives its stream up", async () => {
    for (const wrap of [(stream) => stream, (stream) => () => stream]) {
      const controller = new AbortController();
      const { client, requests } = recording();
      const { stream, cancelled } = silent();
      const call = client.sendToAll(wrap(stream), { abortSignal: controller.signal });
      soon(() => controller.abort());
      await rejects(call, ABORTED);
      equal([requests.length, cancelled()], [0, true]);
    }
    const timed = silent();
    const { client } = recording();
    await rejects(client.sendToAll(timed.stream, { requestOptions: { timeout: 5 } }), TIMED_OUT);
    equal(timed.cancelled(), true);
  });

  check("ends the wait for a token, and tells the credential", async () => {
    const controller = new AbortController();
    let told;
    const { client, requests } = withToken((scopes, { abortSignal }) => {
      told = abortSignal;
      return new Promise((resolve) => abortSignal.addEventListener("late", resolve));
    });
    soon(() => controller.abort());
    await rejects(client.sendToAll("x", { abortSignal: controller.signal }), ABORTED);
    equal([requests.length, told.aborted], [0, true]);
  });

  check("keeps the reason of the signal, whatever it is", async () => {
    const reasons = ["text", "", 0, 42, null, false, { a: 1 }, Symbol("s"), new RangeError("mine"), () => {}];
    for (const reason of reasons) {
      const controller = new AbortController();
      const { client } = recording([never]);
      soon(() => controller.abort(reason));
      const error = await rejects(client.userExists("u", { abortSignal: controller.signal }), ABORTED);
      ok(Object.is(error.cause, reason), "the cause is the reason");
    }
    const error = await rejects(
      recording().client.sendToAll("x", { abortSignal: AbortSignal.abort() }),
      ABORTED,
    );
    equal(error.cause.name, "AbortError", "the host's own reason");
  });

  check(
    "takes signals that end by themselves",
    async () => {
      const { client } = recording([never]);
      const error = await rejects(client.userExists("u", { abortSignal: AbortSignal.timeout(5) }), ABORTED);
      equal(error.cause.name, "TimeoutError");
      const controller = new AbortController();
      soon(() => controller.abort("any"));
      const any = AbortSignal.any([controller.signal, new AbortController().signal]);
      equal((await rejects(client.userExists("u", { abortSignal: any }), ABORTED)).cause, "any");
    },
    "AbortSignal.any",
  );

  check("takes what looks like a signal, and leaves no listener behind", async () => {
    const listeners = new Set();
    const abortSignal = {
      aborted: false,
      reason: "mine",
      addEventListener: (type, listener) => void listeners.add(listener),
      removeEventListener: (type, listener) => void listeners.delete(listener),
    };
    const { client } = recording([200, 404, 500, never]);
    await client.userExists("u", { abortSignal });
    await client.userExists("u", { abortSignal });
    equal(listeners.size, 0);
    const call = client.userExists("u", { abortSignal });
    equal(listeners.size, 1);
    soon(() => listeners.forEach((listener) => listener()));
    equal((await rejects(call, ABORTED)).cause, "mine");
    equal(listeners.size, 0);
    await rejects(client.sendToAll("x", { abortSignal, requestOptions: { timeout: 5 } }), TIMED_OUT);
    equal(listeners.size, 0);
  });

  check("leaves no timer behind", async () => {
    const { setTimeout: start, clearTimeout: stop } = globalThis;
    const running = new Set();
    globalThis.setTimeout = (run, milliseconds) => {
      const timer = start(() => {
        running.delete(timer);
        run();
      }, milliseconds);
      running.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      running.delete(timer);
      stop(timer);
    };
    try {
      const { client } = recording([503, 200, 500, never], {
        retryOptions: { retryDelayInMs: 1, maxRetries: 1 },
      });
      equal(await client.userExists("u"), true);
      await rejects(client.sendToAll("x"), { statusCode: 500 });
      equal(running.size, 0);
      const controller = new AbortController();
      const call = client.userExists("u", { abortSignal: controller.signal });
      equal(running.size, 1);
      controller.abort();
      await rejects(call, ABORTED);
      const waiting = recording([503], { retryOptions: LATE }).client;
      await rejects(waiting.userExists("u", { requestOptions: { timeout: 5 } }), TIMED_OUT);
      equal(running.size, 0);
    } finally {
      Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
      running.forEach(stop);
    }
  });

  check("is not ended by a signal that fires too late", async () => {
    const controller = new AbortController();
    const { client } = recording([200]);
    equal(await client.userExists("u", { abortSignal: controller.signal }), true);
    controller.abort();
    equal(await client.userExists("u"), true, "another call of the same client");
  });

  check("refuses what is no signal", async () => {
    const { client, requests } = recording();
    for (const abortSignal of ["signal", 5, {}, { aborted: false }, new AbortController()]) {
      await rejects(client.sendToAll("x", { abortSignal }), { name: "TypeError", code: "InvalidOption" });
    }
    equal(requests.length, 0);
    await client.sendToAll("x", { abortSignal: null });
  });

  check("ends a list between its pages", async () => {
    const controller = new AbortController();
    const nextLink = "https://contoso.example/api/hubs/chat/groups/g/connections?continuationToken=2";
    const page = () => answer(200, { body: { value: [{ connectionId: "1", userId: null }], nextLink } });
    const { client, requests } = recording([page]);
    const list = client.group("g").listConnections({ abortSignal: controller.signal });
    equal((await list.next()).value, { connectionId: "1" });
    controller.abort("enough");
    equal((await rejects(list.next(), ABORTED)).cause, "enough");
    equal(requests.length, 1);
  });

  check("fails when the time of the client is up", async () => {
    const { client, requests } = recording([never], { timeoutInMs: 200 });
    const error = await rejects(client.sendToAll("x"), TIMED_OUT);
    matches(error.message, "within 200 ms");
    equal([requests.length, requests[0].signal.aborted], [1, true]);
  });

  check("fails when the time of the call is up", async () => {
    const requestOptions = { timeout: 5 };
    const { client } = recording([never]);
    await rejects(client.sendToAll("x", { requestOptions }), TIMED_OUT);
    await rejects(client.group("g").listConnections({ requestOptions }).next(), TIMED_OUT);
    await rejects(client.sendRequest({ method: "GET", path: "/api/x" }, { requestOptions }), TIMED_OUT);
    const deaf = recording([() => new Promise((resolve) => setTimeout(resolve, 60_000))]).client;
    await rejects(deaf.sendToAll("x", { requestOptions }), TIMED_OUT);
    await rejects(
      recording([endless]).client.group("g").listConnections({ requestOptions }).next(),
      TIMED_OUT,
    );
  });

  check("counts the time of all attempts, their waits and tokens", async () => {
    const requestOptions = { timeout: 300 };
    const waiting = recording([503], { retryOptions: LATE });
    await rejects(waiting.client.sendToAll("x", { requestOptions }), TIMED_OUT);
    equal(waiting.requests.length, 1);
    const second = recording([503, never], { retryOptions: { retryDelayInMs: 1 } });
    await rejects(second.client.sendToAll("x", { requestOptions }), TIMED_OUT);
    equal(second.requests.length, 2);
    const { client, requests } = withToken(() => new Promise((resolve) => setTimeout(resolve, 60_000)));
    await rejects(client.sendToAll("x", { requestOptions }), TIMED_OUT);
    equal(requests.length, 0);
  });

  check("lets the time of the call replace that of the client", async () => {
    const slow = () => new Promise((resolve) => setTimeout(() => resolve(answer(200)), 30));
    const patient = recording([slow], { timeoutInMs: 1 }).client;
    equal(await patient.userExists("u", { requestOptions: { timeout: 0 } }), true, "0 is without end");
    equal(await patient.userExists("u", { requestOptions: { timeout: 20_000 } }), true);
    await rejects(patient.userExists("u"), TIMED_OUT);
    equal(await recording([slow], { timeoutInMs: 0 }).client.userExists("u"), true);
    equal(
      await recording([slow], { timeoutInMs: 2 ** 40 }).client.userExists("u"),
      true,
      "more than timers take",
    );
  });

  check("refuses times that make no sense", async () => {
    const { client, requests } = recording();
    const wrong = { name: "TypeError", code: "InvalidOption" };
    for (const timeout of ["5", NaN, {}]) {
      await rejects(client.sendToAll("x", { requestOptions: { timeout } }), wrong);
      await rejects(async () => recording([], { timeoutInMs: timeout }), wrong);
    }
    const negative = { name: "RangeError", code: "InvalidOption" };
    await rejects(client.sendToAll("x", { requestOptions: { timeout: -1 } }), negative);
    await rejects(async () => recording([], { timeoutInMs: -1 }), negative);
    await rejects(client.sendToAll("x", { requestOptions: 5 }), wrong);
    equal(requests.length, 0);
  });
}
