// Checks that every page of this project passes, whatever it shows.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The violations that axe-core finds on a page in its current state. @param {import("playwright-core").Page} page */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

/** By how many pixels a page is wider than the window. @param {import("playwright-core").Page} page */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
