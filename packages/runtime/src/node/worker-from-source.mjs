// Starts the worker from TypeScript source in a checkout; a package has node-worker.js instead.
import { startFromSource } from "../../../../scripts/from-source.mjs";

await startFromSource(new URL("./worker.ts", import.meta.url), {
  folder: new URL("../../node_modules/.cache/", import.meta.url),
  external: ["onnxruntime-node", "onnxruntime-web"],
});
