/**
 * The worker of the web runtime on WebGPU for browsers that suspend WebAssembly themselves (`WebAssembly.Suspending`): its build of ONNX Runtime is two
 * thirds of the other's size; see `serve.ts` for why the import is static.
 */
import * as ort from "onnxruntime-web/jspi";
import { serve } from "./serve.js";

serve({ name: "jspi", wasm: () => Promise.resolve(ort), webgpu: () => Promise.resolve(ort) });
