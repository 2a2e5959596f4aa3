/**
 * What an import of each entry costs a browser or a server, minified and compressed, without other packages. A limit is
 * the measured size plus about a fifth; raising one is a decision to be seen in review.
 */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";

const limits = JSON.parse(readFileSync(new URL("size-limits.json", import.meta.url), "utf8"));

export default readdirSync(new URL("packages", import.meta.url)).flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, import.meta.url), "utf8"));
  if (manifest.private) return [];
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath, target]) => {
      const name = manifest.name + subpath.slice(1);
      if (!limits[name])
        throw new Error(`size-limits.json has no limit for ${name}; measure it with "npx size-limit" and add one`);
      return {
        name,
        path: `packages/${folder}/${target.default.slice(2)}`,
        limit: limits[name],
        gzip: true,
        modifyEsbuildConfig: (config) => ({
          ...config,
          platform: subpath === "./node" ? "node" : "browser",
          format: "esm",
          external: [
            ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap((other) => [other, `${other}/*`]),
            ...builtinModules,
            "node:*",
          ],
        }),
      };
    });
});
