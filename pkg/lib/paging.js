// Listings as async iterators.
import { object } from "./arguments.js";

/**
 * A listing that can be iterated by item or by page, with or without being awaited first.
 * `load(link, settings)` gives `{ items, link, continuationToken }`; without a link, the first page.
 */
export const listing = (load, given) => {
  async function* byPage(settings) {
    const options = object(given, "options");
    const { maxPageSize = options.maxPageSize, continuationToken = options.continuationToken } = object(
      settings,
      "settings of pages",
    );
    let link;
    do {
      const page = await load(link, { ...options, maxPageSize, continuationToken });
      // The official client has no member for what is null on the wire.
      const items = page.items.map(({ connectionId, userId }) =>
        userId === null || userId === undefined ? { connectionId } : { connectionId, userId },
      );
      yield Object.defineProperty(items, "continuationToken", { value: page.continuationToken });
      link = page.link;
    } while (link !== undefined);
  }

  async function* byItem() {
    for await (const page of byPage()) yield* page;
  }

  const items = byItem();
  const list = {
    next: () => items.next(),
    [Symbol.asyncIterator]() {
      return this;
    },
    byPage,
  };
  return Object.assign(Promise.resolve(list), list);
};
