// Listings as async iterators.

/**
 * A listing that can be iterated by item or by page, with or without being awaited first.
 * `load(link, settings)` gives `{ items, link, continuationToken }`; without a link, the first page.
 */
export const listing = (load, options = {}) => {
  async function* byPage({
    maxPageSize = options.maxPageSize,
    continuationToken = options.continuationToken,
  } = {}) {
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
    byPage: (settings) => byPage(settings ?? {}),
  };
  return Object.assign(Promise.resolve(list), list);
};
