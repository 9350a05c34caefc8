// The suite in a page: `run(connectionString, lacks)` gives whether all of it passed.
import * as pkg from "webpubsub-edge";
import * as helpers from "webpubsub-edge/testing";
import { attempt, report, suite } from "./suite.js";

globalThis.run = (connectionString, lacks) =>
  report(suite(pkg, helpers, { connectionString }), attempt, lacks);
