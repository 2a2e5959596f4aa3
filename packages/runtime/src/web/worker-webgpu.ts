/** The worker of the web runtime on WebGPU, whose build of ONNX Runtime computes on wasm too; see `serve.ts` for why the import is static. */
import * as ort from "onnxruntime-web/webgpu";
import { serve } from "./serve.js";

serve({ name: "webgpu", wasm: () => Promise.resolve(ort), webgpu: () => Promise.resolve(ort) });
