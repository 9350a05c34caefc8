// The site of the documentation: pages, navigation, and llms.txt. `cargo xtask docs` builds it.
import { existsSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import llmstxt from "vitepress-plugin-llms";

const REPOSITORY = "https://github.com/webpubsub-edge/webpubsub-edge";

const page = (text, link) => ({ text, link });

// TypeDoc writes it, before the site is built.
const api = new URL("../api/typedoc-sidebar.json", import.meta.url);
const apiItems = existsSync(api) ? JSON.parse(readFileSync(api, "utf8")) : [];

const guide = [
  {
    text: "Quick starts",
    items: [
      page("Cloudflare Workers", "/quick-start/workers"),
      page("Next.js", "/quick-start/next"),
      page("Hono", "/quick-start/hono"),
      page("Deno", "/quick-start/deno"),
      page("Bun", "/quick-start/bun"),
      page("Node, Express, Koa, Fastify", "/quick-start/node"),
      page("SvelteKit", "/quick-start/sveltekit"),
      page("Nuxt", "/quick-start/nuxt"),
      page("Azure Functions", "/quick-start/azure-functions"),
      page("Rust", "/quick-start/rust"),
    ],
  },
  {
    text: "Tasks",
    items: [
      page("Set up Azure", "/azure"),
      page("Migrate from the official packages", "/migrate"),
      page("Authenticate", "/authentication"),
      page("Send messages", "/messages"),
      page("Manage groups and permissions", "/groups"),
      page("Handle events", "/events"),
      page("Handle errors", "/errors"),
      page("Log and trace", "/logging"),
      page("Test", "/testing"),
      page("Secure an app", "/security"),
      page("Scale", "/scale"),
    ],
  },
  {
    text: "Reference",
    items: [
      page("Troubleshooting", "/troubleshooting"),
      page("Faults", "/faults"),
      page("API of the npm package", "/api/"),
      page("API of the crate", "https://docs.rs/webpubsub-edge"),
    ],
  },
];

export default defineConfig({
  title: "webpubsub-edge",
  description: "The server-side client of Azure Web PubSub for code that runs at the edge",
  lang: "en",
  cleanUrls: true,
  vite: { plugins: [llmstxt({ generateLLMsFullTxt: false, ignoreFiles: ["api/**"] })] },
  themeConfig: {
    nav: [page("Guide", "/"), page("API", "/api/")],
    sidebar: { "/api/": apiItems, "/": guide },
    outline: [2, 3],
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: REPOSITORY }],
  },
});
