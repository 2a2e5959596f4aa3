/** The worker of the web runtime on wasm; see `serve.ts` for why the import is static. */
import * as ort from "onnxruntime-web/wasm";
import { serve } from "./serve.js";

serve({ name: "wasm", wasm: () => Promise.resolve(ort) });
