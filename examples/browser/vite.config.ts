import { defineConfig } from "vite";

/** With these the page may use all processors; without them it works too, on one. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  build: { target: "es2022" },
  server: { headers },
  preview: { headers },
  // Their workers and weights are found beside their files, which Vite would put elsewhere while one develops.
  optimizeDeps: { exclude: ["@foley-control/media", "@foley-control/mini", "@foley-control/runtime", "onnxruntime-web"] },
});
