// The suite in a page in Chromium, the one that CHROMIUM names. Neither the service nor the emulator lets pages of
// other origins call its REST interface (keys are not for pages), so Chromium is told not to ask for leave; requests
// go to the emulator itself, as in all other runtimes.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { bundle } from "./bundle.js";
import { prepare, sayVersion } from "./runner.js";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-web-security",
  // Other origins are not shut out, so a page is not isolated, which this is otherwise for.
  "--enable-features=SharedArrayBuffer",
];

const LACKS = { "User-Agent": "Chromium lets no page say who sends a request" };

const { suite, outdir, connectionString } = await prepare();
const script = join(outdir, "page.js");
await bundle(join(suite, "page.js"), script, { platform: "browser" });
const page = `<!doctype html><meta charset="utf-8"><title>conformance</title>
<script type="module">${(await readFile(script, "utf8")).replaceAll("</script", "<\\/script")}</script>`;
const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(page));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
try {
  sayVersion(browser.version());
  const tab = await browser.newPage();
  // What Chromium itself writes there is about answers that the checks expect.
  tab.on("console", (message) => message.type() === "log" && console.log(message.text()));
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const passed = await tab.evaluate(
    ([service, lacks]) => globalThis.run(service, lacks),
    [connectionString, LACKS],
  );
  process.exitCode = passed ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
