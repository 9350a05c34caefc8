// The suite in a page: `run(connectionString, lacks)` gives whether all of it passed.
import * as pkg from "webpubsub-edge";
import { attempt, report, suite } from "./suite.js";

globalThis.run = (connectionString, lacks) => report(suite(pkg, { connectionString }), attempt, lacks);
