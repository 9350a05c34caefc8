// Events that come twice.
import { equal, throws } from "../assert.js";

export function deduplication(check, { EventDeduplicator }) {
  const context = (connectionId, id, mqtt) => ({ connectionId, id, mqtt });

  check("tells events that came before", async () => {
    const seen = new EventDeduplicator();
    equal(seen.isDuplicate(context("a", "1")), false);
    equal(seen.isDuplicate(context("a", "1")), true);
    equal(seen.isDuplicate(context("a", "2")), false);
    equal(seen.isDuplicate(context("b", "1")), false);
    seen.forget(context("a", "1"));
    equal(seen.isDuplicate(context("a", "1")), false);
    equal(seen.isDuplicate(context("a", undefined)), false);
    equal(seen.isDuplicate(context("a", undefined)), false, "without an id");
    equal(seen.isDuplicate(context("m", "0", { physicalConnectionId: "1" })), false);
    equal(
      seen.isDuplicate(context("m", "0", { physicalConnectionId: "2" })),
      false,
      "a client that came back",
    );
  });

  check("forgets the oldest first, and all in time", async () => {
    const few = new EventDeduplicator({ maxEntries: 2 });
    for (const id of ["1", "2", "3"]) few.isDuplicate(context("a", id));
    equal(few.isDuplicate(context("a", "3")), true);
    equal(few.isDuplicate(context("a", "2")), true);
    equal(few.isDuplicate(context("a", "1")), false);
    const { now } = Date;
    try {
      let time = 0;
      Date.now = () => time;
      const brief = new EventDeduplicator({ maxAgeInMs: 100 });
      brief.isDuplicate(context("a", "1"));
      time = 100;
      equal(brief.isDuplicate(context("a", "1")), true);
      time = 201;
      equal(brief.isDuplicate(context("a", "1")), false);
    } finally {
      Date.now = now;
    }
    for (const limits of [{ maxEntries: 0 }, { maxAgeInMs: -1 }, { maxEntries: 1.5 }, { maxAgeInMs: "1" }]) {
      throws(() => new EventDeduplicator(limits), { name: "RangeError", code: "InvalidOption" });
    }
  });
}
