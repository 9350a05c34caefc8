// The Worker that runs plans in workerd.
import * as pkg from "webpubsub-edge";
import { runner } from "./calls.js";

const run = runner(pkg);

export default {
  fetch: async (request) => Response.json(await run(await request.json())),
};
