/**
 * Finds the emulator's program. Each platform's is in a package of its own, an optional dependency of this one, of
 * which npm installs the one for this machine.
 */
import { createRequire } from "node:module";

/** The platforms that have a package: `xtask/bundle.js` takes them from the optional dependencies in `package.json`. */
declare const PLATFORMS: readonly string[];

/** The path of the program for this machine. */
export const findBinary = (): string => {
  const given = process.env["WEBPUBSUB_EMULATOR_BINARY"];
  if (given) return given;
  const platform = `${process.platform}-${process.arch}`;
  const name = `webpubsub-emulator-${platform}`;
  if (!PLATFORMS.includes(platform)) {
    throw new Error(
      `webpubsub-emulator has no program for ${platform}, only for ${PLATFORMS.join(", ")}: build it with ` +
        "`cargo install webpubsub-emulator`, and set WEBPUBSUB_EMULATOR_BINARY to its path",
    );
  }
  const extension = process.platform === "win32" ? ".exe" : "";
  try {
    return createRequire(import.meta.url).resolve(`${name}/webpubsub-emulator${extension}`);
  } catch (cause) {
    throw new Error(
      `The package ${name}, which contains the emulator's program, is not installed. It is an optional dependency ` +
        "of webpubsub-emulator: install without --omit=optional, --no-optional or `optional=false` in .npmrc. If " +
        "node_modules was installed on another platform, or package-lock.json lacks the package, delete both and " +
        `install again. Otherwise run \`npm install --save-dev ${name}\``,
      { cause },
    );
  }
};
