// When handlers run, and for how long.
import { equal, ok } from "../assert.js";
import { event, text } from "../webhooks.js";

export function life(check, { handler, errors }) {
  const context = () => {
    const promises = [];
    return { promises, waitUntil: (promise) => void promises.push(promise) };
  };

  check("answers first what the service does not wait for, where the runtime lets work go on", async () => {
    const ctx = context();
    let go;
    let done = false;
    const started = new Promise((resolve) => (go = resolve));
    const events = handler({
      onConnected: async () => {
        await started;
        done = true;
      },
    });
    const response = await events.handle(event("sys.connected"), ctx);
    equal([response.status, done, ctx.promises.length], [204, false, 1]);
    go();
    await Promise.all(ctx.promises);
    equal(done, true);
  });

  check("waits for the work where nothing else would", async () => {
    let done = false;
    const onConnected = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      done = true;
    };
    const response = await handler({ onConnected }).handle(event("sys.connected"));
    equal([response.status, done], [204, true]);
  });

  check("finds the context wherever the runtime puts it", async () => {
    for (const place of [1, 2]) {
      const ctx = context();
      const rest = place === 1 ? [ctx] : [{ KEY: "env" }, ctx];
      const response = await handler({
        onConnected: () => Promise.reject(new Error("x")),
        onError: () => {},
      }).fetch(event("sys.connected"), ...rest);
      equal([response.status, ctx.promises.length], [204, 1]);
      await Promise.all(ctx.promises);
    }
  });

  check("lets a handler answer and go on", async () => {
    const ctx = context();
    const { seen, onError } = errors();
    let go;
    const rest = new Promise((resolve) => (go = resolve));
    const handleUserEvent = async (req, res) => {
      res.success("first", "text");
      await rest;
      throw new Error("later");
    };
    const response = await handler({ handleUserEvent, onError }).handle(text("hi"), ctx);
    equal(await response.text(), "first");
    equal(seen.length, 0);
    go();
    await Promise.all(ctx.promises);
    equal(seen.length, 1, "what comes later is reported");
    let done = false;
    const slow = async (req, res) => {
      res.success("first", "text");
      await new Promise((resolve) => setTimeout(resolve, 5));
      done = true;
    };
    const alone = await handler({ handleUserEvent: slow }).handle(text("hi"));
    equal([await alone.text(), done], ["first", true], "without a context, it is waited for");
  });

  check("one slow or failing handler holds up no other", async () => {
    let release;
    const slow = new Promise((resolve) => (release = resolve));
    const events = handler({
      onError: () => {},
      handleUserEvent: async (req) => {
        if (req.data === "slow") await slow;
        if (req.data === "bad") throw new Error("bad");
        return req;
      },
    });
    const first = events.handle(text("slow"));
    const bad = events.handle(text("bad"));
    const others = await Promise.all(
      ["a", "b"].map(async (data) => (await events.handle(text(data))).text()),
    );
    equal(others, ["a", "b"]);
    equal((await bad).status, 500);
    release();
    equal(await (await first).text(), "slow");
  });

  check("names a handler that does not end, and goes on waiting", async () => {
    const { setTimeout } = globalThis;
    const { warn } = console;
    const settle = [];
    const pending = (take) => new Promise((resolve) => take(resolve));
    const silent = [
      { handleUserEvent: (req, res) => void settle.push(() => res.success()) },
      { handleUserEvent: () => pending((resolve) => settle.push(resolve)) },
      { handleUserEvent: async (req, res) => (res.success(), pending((resolve) => settle.push(resolve))) },
      { onConnected: () => pending((resolve) => settle.push(resolve)) },
    ];
    for (const handlers of silent) {
      for (const reports of [true, false]) {
        const { seen, onError } = errors();
        const warnings = [];
        const timers = [];
        globalThis.setTimeout = (run, milliseconds) => (timers.push({ run, milliseconds }), timers.length);
        console.warn = (...values) => warnings.push(values.join(" "));
        let handled;
        try {
          const [name] = Object.keys(handlers);
          const events = handler({ ...handlers, ...(reports && { onError }) });
          handled = events.handle(name === "onConnected" ? event("sys.connected") : text("hi"));
          for (let i = 0; i < 50 && timers.length === 0; i++) await new Promise((go) => setTimeout(go, 1));
          equal(
            timers.map(({ milliseconds }) => milliseconds),
            [10_000],
          );
          timers[0].run();
          const said = reports ? seen.map(({ error }) => [error.code, error.message].join(" ")) : warnings;
          equal([said.length, said[0].includes(`${name} has not ended`)], [1, true]);
        } finally {
          globalThis.setTimeout = setTimeout;
          console.warn = warn;
        }
        settle.pop()();
        equal((await handled).status, 204);
      }
    }
  });

  check("survives whatever a handler throws", async () => {
    const unprintable = () => {
      const fail = () => {
        throw new Error("unprintable");
      };
      return new Proxy(new Error("x"), { get: fail, getOwnPropertyDescriptor: fail, ownKeys: fail });
    };
    const { error: print } = console;
    console.error = (...values) => {
      // As a console that looks into its arguments.
      for (const value of values) void (typeof value === "object" && value.stack);
    };
    try {
      for (const thrown of [unprintable(), null, undefined, Symbol("x"), 5, Object.create(null)]) {
        const fail = () => {
          throw thrown;
        };
        const later = () => Promise.reject(thrown);
        for (const onError of [undefined, fail, later]) {
          for (const handle of [fail, later, () => ({ then: fail })]) {
            for (const ctx of [undefined, context()]) {
              const options = {
                handleUserEvent: handle,
                handleConnect: handle,
                onConnected: handle,
                onError,
              };
              equal((await handler(options).handle(text("hi"), ctx)).status, 500);
              equal((await handler(options).handle(event("sys.connect"), ctx)).status, 500);
              ok((await handler(options).handle(event("sys.connected"), ctx)).status);
              await Promise.all(ctx?.promises ?? []);
            }
          }
          equal(
            (await handler({ authorize: fail, handleUserEvent: () => {}, onError }).handle(text("hi")))
              .status,
            401,
          );
          equal(
            (await handler({ accessKeys: fail, handleUserEvent: () => {}, onError }).handle(text("hi")))
              .status,
            500,
          );
        }
      }
    } finally {
      console.error = print;
    }
  });
}
