// The suite as a program, for runtimes that run one: `main.js CONNECTION_STRING LACKS`, the latter as JSON.
import * as pkg from "webpubsub-edge";
import * as helpers from "webpubsub-edge/testing";
import { attempt, report, suite } from "./suite.js";

const [connectionString, lacks] = globalThis.process.argv.slice(2);
const passed = await report(suite(pkg, helpers, { connectionString }), attempt, JSON.parse(lacks));
globalThis.process.exit(passed ? 0 : 1);
