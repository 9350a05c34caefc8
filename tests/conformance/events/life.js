// When handlers run, and for how long.
import { equal } from "../assert.js";
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
}
