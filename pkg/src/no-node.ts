/** Replaces the adapter for Node servers in the builds for runtimes that have none. */
import type { FetchHandler } from "./node.js";
import type { NodeMiddleware } from "./platform.js";

/** Throws: there are no Node servers in this runtime. */
export const middleware = (_handler: FetchHandler): NodeMiddleware => {
  throw Object.assign(
    new Error("getMiddleware() is for Node servers: use handle(request, ctx) or fetch in this runtime"),
    { code: "NOT_NODE" },
  );
};
