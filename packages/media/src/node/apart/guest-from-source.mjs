// Starts the reading process from TypeScript source in a checkout; a package has node-guest.js instead. Bundled first: reading module
// after module takes a second, and tests start many of these.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const folder = new URL("../../../node_modules/.cache/", import.meta.url);
const bundle = new URL(`guest-${process.pid}.mjs`, folder);
const guest = new URL("guest.mjs", folder);
const { outputFiles } = buildSync({
  entryPoints: [fileURLToPath(new URL("./guest.ts", import.meta.url))],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
  target: "node20",
  conditions: ["@foley-control/source"],
  external: ["mediabunny", "@mediabunny/*"],
});
await mkdir(folder, { recursive: true });
await writeFile(bundle, outputFiles[0].contents);
await rename(bundle, guest);
await import(guest.href);
