// Scripts that call start(), run in projects that have the package installed.
import { run } from "../programs.js";
import { node } from "./projects.js";

/** Runs a script as an ES module with `start` imported; gives what it printed. */
export const script = async (projects, code, { version = 20, links = [] } = {}) => {
  const main = `import { start } from "webpubsub-emulator";\n${code}`;
  const folder = await projects.create({ "main.js": main }, links);
  return run(node(version), ["main.js"], { cwd: folder });
};

/** What a call of start() with these options, in JavaScript, rejects with. */
export const rejection = (projects, options) =>
  script(
    projects,
    `await start(${options}).catch((error) => console.log(error.name + ": " + error.message));`,
  );
