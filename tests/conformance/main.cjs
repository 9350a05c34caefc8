// The same as main.js, for a program that requires the package.
const pkg = require("webpubsub-edge");
const helpers = require("webpubsub-edge/testing");

const [connectionString, lacks] = process.argv.slice(2);
import("./suite.js").then(async ({ attempt, report, suite }) => {
  const passed = await report(suite(pkg, helpers, { connectionString }), attempt, JSON.parse(lacks));
  process.exit(passed ? 0 : 1);
});
