import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { library } from "../../tsup.shared.js";

/**
 * What Node needs of `onnxruntime-web`, a tenth of that package, goes along: an installation that cannot have `onnxruntime-node` computes all
 * the same.
 */
async function copyWasm(): Promise<void> {
  const from = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  mkdirSync("dist/wasm", { recursive: true });
  for (const file of ["ort.node.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
    copyFileSync(join(from, file), join("dist/wasm", file));
  copyFileSync("notices/onnxruntime.txt", "dist/wasm/LICENSE");
}

export default library([], {
  onSuccess: copyWasm,
  entry: {
    index: "src/index.ts",
    node: "src/node.ts",
    "node-worker": "src/node/worker.ts",
    web: "src/web.ts",
    worker: "src/web/worker.ts",
    "worker-webgpu": "src/web/worker-webgpu.ts",
    "worker-jspi": "src/web/worker-jspi.ts",
  },
});
