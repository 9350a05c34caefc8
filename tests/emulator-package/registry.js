// A registry for npm, with the packages of a folder: each has a manifest, `NAME.json`, and perhaps a tarball,
// `NAME-VERSION.tgz`. npm is given nothing else, so that an install shows what the packages alone lead to.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** Starts it; `url` is its address. */
export const serveRegistry = async (folder) => {
  const files = await readdir(folder);
  const server = createServer(async (request, response) => {
    const name = request.url.slice(1);
    if (files.includes(name) && name.endsWith(".tgz")) {
      createReadStream(join(folder, name)).pipe(response);
    } else if (files.includes(`${name}.json`)) {
      const manifest = JSON.parse(await readFile(join(folder, `${name}.json`), "utf8"));
      const tarball = `${name}-${manifest.version}.tgz`;
      manifest.dist = { tarball: `${url}/${tarball}` };
      if (files.includes(tarball)) {
        const hash = createHash("sha512").update(await readFile(join(folder, tarball)));
        manifest.dist.integrity = `sha512-${hash.digest("base64")}`;
      }
      const { version } = manifest;
      response.end(
        JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: manifest } }),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, close: () => server.close() };
};
