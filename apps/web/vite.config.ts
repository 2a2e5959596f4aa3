/** The studio as a static folder that works under any path. Packages come from their builds, as everybody else has them. */
import { defineConfig } from "vite";
import { assetList } from "./build/assets.js";
import { policy } from "./build/policy.js";

/** With these the page may use all processors; on hosts that cannot send them the service worker adds them. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  plugins: [policy(), assetList()],
  build: { target: "es2022", assetsInlineLimit: 0, manifest: true },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
  // Their workers and weights are found beside their files, which Vite would put elsewhere while one develops.
  optimizeDeps: { exclude: ["@foley-control/media", "@foley-control/mini", "@foley-control/runtime", "onnxruntime-web"] },
});
