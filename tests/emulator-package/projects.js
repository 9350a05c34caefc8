// Throw-away projects that have the emulator's package from the registry, and other packages by links.
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root, run, tool } from "../programs.js";

/** Packages of the root; all others that a project may want are in tests/tools. */
const AT_ROOT = ["@azure/web-pubsub", "@types/node", "ws"];

export const node = (version) => tool(`node-${version}/bin/node`);

export class Projects {
  #count = 0;
  #folder;
  #registry;
  #installed;

  constructor(folder, registry, { packages, python }) {
    this.#folder = folder;
    this.#registry = registry;
    this.packages = packages;
    this.python = python;
  }

  /** npm's settings: the registry alone, and a cache of its own. */
  get env() {
    return {
      npm_config_registry: this.#registry,
      npm_config_cache: join(this.#folder, "cache"),
      npm_config_audit: "false",
      npm_config_fund: "false",
    };
  }

  /** A new project with nothing in it. */
  async empty() {
    const folder = join(this.#folder, `${this.#count++}`);
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    return folder;
  }

  /** Runs npm in a project. */
  npm(folder, ...args) {
    return run("npm", args, { cwd: folder, env: this.env });
  }

  /** Runs npx in a project; it may install nothing. */
  npx(folder, ...args) {
    return run("npx", ["--no", "--", ...args], { cwd: folder, env: this.env });
  }

  /** A project that has the package installed, these files with their text, and links to these packages. */
  async create(files = {}, links = []) {
    if (!this.#installed) {
      const installed = await this.empty();
      await this.npm(installed, "install", "webpubsub-emulator");
      this.#installed = installed;
    }
    const folder = await this.empty();
    await cp(this.#installed, folder, { recursive: true, verbatimSymlinks: true });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    for (const name of links) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(AT_ROOT.includes(name) ? join(root, "node_modules", name) : tool(name), link);
    }
    return folder;
  }
}
