/**
 * Lists as async iterators, by element or by page: their types and the code that iterates.
 *
 * Not in here: the request for a page (`group.ts`).
 */
import { limit, object, optional } from "./arguments.js";
import { Failure, failure } from "./failures.js";
import type { GroupListConnectionsOptions } from "./group-options.js";
import { Rest, optionsOf } from "./operations.js";

/** A connection in a group. */
export interface WebPubSubGroupMember {
  /** The id of the connection. */
  connectionId: string;
  /** The user id of the connection; absent if it is anonymous. A user may have several connections. */
  userId?: string;
}

/** One page of a list. */
export interface WebPubSubGroupMemberPage extends Array<WebPubSubGroupMember> {
  /** The position of the next page; absent on the last. Its content is private to the service. */
  readonly continuationToken?: string;
}

/** Options for `byPage()`. */
export interface PageSettings {
  /** Position to start from: the `continuationToken` of a page. */
  continuationToken?: string;
  /** Maximum number of elements per page. */
  maxPageSize?: number;
}

/** A list that is fetched page by page: iterate over its elements (`for await`) or over its pages (`byPage`). */
export interface PagedAsyncIterableIterator<TElement, TPage = TElement[], TPageSettings = PageSettings> {
  /** Returns the next element; requests the next page when the current one is used up. */
  next(): Promise<IteratorResult<TElement>>;
  /** Returns the list itself. */
  [Symbol.asyncIterator](): PagedAsyncIterableIterator<TElement, TPage, TPageSettings>;
  /** Iterates over pages instead of elements. */
  byPage: (settings?: TPageSettings) => AsyncIterableIterator<TPage>;
}

/** The connections of a group. No request is made before the first `next()`. */
export type WebPubSubGroupMemberList = PagedAsyncIterableIterator<
  WebPubSubGroupMember,
  WebPubSubGroupMemberPage
>;

/** A page as the service returns it. */
export interface Page {
  items: { connectionId: string; userId?: string | null }[];
  /** The link to the next page; absent on the last. */
  link?: string;
  continuationToken?: string;
}

/**
 * Creates a list, which can be iterated at once or awaited first. `load` requests the page behind a link, or the
 * first one without a link; `milliseconds` is the time that is left for all pages together.
 */
export const listing = (
  load: (
    link: string | undefined,
    options: GroupListConnectionsOptions,
    milliseconds: number | undefined,
  ) => Promise<Page>,
  given: GroupListConnectionsOptions | undefined,
): WebPubSubGroupMemberList & Promise<WebPubSubGroupMemberList> => {
  const list = {
    async *byPage(settings?: PageSettings): AsyncGenerator<WebPubSubGroupMemberPage, void> {
      const options = object(given, "options", [...optionsOf(Rest.ListConnections), "totalTimeoutInMs"]);
      const { maxPageSize, continuationToken } = object(settings, "page settings", [
        "maxPageSize",
        "continuationToken",
      ]);
      const total = optional(options, "totalTimeoutInMs", limit);
      const end = total && Date.now() + total;
      const first = {
        ...options,
        maxPageSize: maxPageSize ?? options.maxPageSize,
        continuationToken: continuationToken ?? options.continuationToken,
      };
      const followed = new Set<string | undefined>();
      let left = options.top;
      let link: string | undefined;
      do {
        const time = end && end - Date.now();
        if (time !== undefined && time <= 0) throw failure(Failure.Timeout, undefined, total);
        const page = await load(link, first, time);
        // The official client omits members that are null in the response.
        const items = page.items.map(({ connectionId, userId }) =>
          userId == null ? { connectionId } : { connectionId, userId },
        );
        // Also when the service does not keep to it.
        if (left !== undefined) {
          items.splice(left);
          left -= items.length;
        }
        yield Object.defineProperty(items, "continuationToken", { value: page.continuationToken });
        link = page.link;
        if (link !== undefined && followed.has(link)) throw failure(Failure.LinkRepeated);
        followed.add(link);
      } while (link !== undefined && left !== 0);
    },
    next(): Promise<IteratorResult<WebPubSubGroupMember>> {
      return items.next();
    },
    [Symbol.asyncIterator](): WebPubSubGroupMemberList {
      return this;
    },
  };
  const items = (async function* () {
    for await (const page of list.byPage()) yield* page;
  })();
  return Object.assign(Promise.resolve(list), list);
};
