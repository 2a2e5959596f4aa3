// Starts the reading process from TypeScript source in a checkout; a package has node-guest.js instead.
import { startFromSource } from "../../../../../scripts/from-source.mjs";

await startFromSource(new URL("./guest.ts", import.meta.url), {
  folder: new URL("../../../node_modules/.cache/", import.meta.url),
  external: ["mediabunny", "@mediabunny/*"],
});
