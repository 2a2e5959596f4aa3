/**
 * The last step of the studio's build: files that are too large for hosts are cut, what there is is listed with digests, and the service worker is
 * made with that list's version in it.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { type Asset, cuts, engineOf, LARGEST_FILE, type ServedFile } from "../src/sw/assets.js";
import { HEADERS } from "./policy.js";

/** Not part of the page: for the build's own checks, and for hosts. */
const notServed = (path: string): boolean => path.startsWith(".vite/") || path === "_headers" || path === "headers.json";

const served = (path: string, bytes: Buffer): ServedFile => ({
  path,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** Cuts a file if it has to be, and says what it is. */
function listed(folder: string, path: string): Asset {
  const bytes = readFileSync(join(folder, path));
  const engine = engineOf(path);
  const asset: Asset = { ...served(path, bytes), ...(engine && { engine }) };
  if (bytes.length <= LARGEST_FILE) return asset;
  const parts = cuts(bytes.length).map(([from, to], i) => {
    const part = bytes.subarray(from, to);
    writeFileSync(join(folder, `${path}.part${i}`), part);
    return served(`${path}.part${i}`, part);
  });
  rmSync(join(folder, path));
  return { ...asset, parts };
}

/** Makes `asset-manifest.json`, `headers.json` and `sw.js`. */
export function assetList(): Plugin {
  let folder = "";
  return {
    name: "foley-assets",
    apply: "build",
    configResolved({ root, build: { outDir } }) {
      folder = join(root, outDir);
    },
    async closeBundle() {
      const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
        .flatMap((entry) => (entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")] : []))
        .filter((path) => !notServed(path))
        .sort();
      const assets = paths.map((path) => listed(folder, path));
      // The headers are kept with the files.
      const version = createHash("sha256")
        .update(JSON.stringify([assets, HEADERS]))
        .digest("hex")
        .slice(0, 16);
      writeFileSync(join(folder, "asset-manifest.json"), JSON.stringify({ version, assets }));
      writeFileSync(join(folder, "headers.json"), JSON.stringify(HEADERS, undefined, 2));
      // As some hosts of static pages read them.
      const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
      writeFileSync(join(folder, "_headers"), `/*\n${lines.join("")}`);
      await build({
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        define: { __VERSION__: JSON.stringify(version), __HEADERS__: JSON.stringify(HEADERS) },
        build: {
          target: "es2022",
          outDir: folder,
          emptyOutDir: false,
          lib: {
            entry: fileURLToPath(new URL("../src/sw/sw.ts", import.meta.url)),
            formats: ["iife"],
            name: "sw",
            fileName: () => "sw.js",
          },
        },
      });
    },
  };
}
