// The built site, and the links between the Markdown files, also of those that are no page of the site.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { root } from "../programs.js";
import { markdownFiles } from "./fences.js";

const SITE = join(root, "docs/.vitepress/dist");

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The site has every page, as a page for people and as text for programs that read llms.txt, and the API. */
export const expectSite = async () => {
  const index = await readFile(join(SITE, "llms.txt"), "utf8");
  for (const file of markdownFiles().filter((file) => file.startsWith("docs/"))) {
    const name = file.slice("docs/".length, -".md".length);
    assert(await exists(join(SITE, `${name}.html`)), `the site has no page of ${file}`);
    if (name !== "index") assert(index.includes(`(/${name}.md)`), `llms.txt does not list ${file}`);
  }
  assert(await exists(join(SITE, "api/index.html")), "the site has no API");
};

/** A heading as the fragment of a link, as GitHub and VitePress write it. */
const fragment = (heading) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const REPOSITORY = /^https:\/\/github\.com\/webpubsub-edge\/webpubsub-edge\/(?:blob|tree)\/main\//;

/** Each link to a file of the project names one that exists, and a heading that it has. */
export const expectLinks = async () => {
  for (const file of markdownFiles()) {
    const text = (await readFile(join(root, file), "utf8")).replaceAll(/^ *```[^]*?^ *```$/gm, "");
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const isOwn = REPOSITORY.test(link);
      if (!isOwn && /^\w+:/.test(link)) continue;
      const [path, heading] = link.replace(REPOSITORY, "").split("#");
      const target = isOwn ? path : path === "" ? file : normalize(join(dirname(file), path));
      assert(await exists(join(root, target)), `${file}: ${link} does not exist`);
      if (!heading || !target.endsWith(".md")) continue;
      const headings = (await readFile(join(root, target), "utf8")).matchAll(/^#+ (.*)$/gm);
      const known = [...headings].map(([, heading]) => fragment(heading));
      assert(known.includes(heading), `${file}: ${target} has no heading #${heading}`);
    }
  }
};
