/** The Node runtime. */
import { assertKind, FoleyError } from "@foley-control/core";
import { checkPrecision, type Precision } from "@foley-control/graph";
import { makeCanary, makeFloat16Canary } from "../shared/canary.js";
import { directChannel, Engine } from "../shared/engine.js";
import { type DisposableRuntime, hostRuntime, startOnce } from "../shared/host.js";
import type { Ort } from "../shared/ort-tensor.js";
import { locationInPlace } from "./in-place.js";
import { nodePlatform } from "./platform.js";
import { processChannel } from "./process.js";
import { threadChannel } from "./thread.js";

/** Options of {@link nodeRuntime}; the defaults are {@link defaultNodeRuntimeOptions}. */
export interface NodeRuntimeOptions {
  /**
   * Where to compute. `"auto"`: CUDA where its libraries are installed and pass the self-test, else the CPU, and where `onnxruntime-node` is
   * missing or does not start, WebAssembly. A device named here must exist (otherwise `device-unavailable`, or `missing-dependency`); when it
   * computes wrong numbers the CPU is taken. `capabilities()` says what was taken and why. Default `"auto"`.
   */
  readonly device?: "auto" | "cpu" | "webgpu" | "cuda" | "wasm";
  /**
   * What networks with weights are computed in; their inputs and outputs keep their types. `"float16"` halves the weights on devices that
   * compute in it (WebGPU, CUDA). `"int8"` has large matrices in 8 bits, quantised when they are loaded, everything else in float32; it
   * is faster on the CPU. Default `"float32"`.
   */
  readonly precision?: Precision | undefined;
  /** Threads of the CPU. Default: as many as this process may use, at most 16. */
  readonly threads?: number | undefined;
  /** Which GPU, when there are several: CUDA's number. Default: the first. */
  readonly gpu?: number | undefined;
  /**
   * Whether ONNX Runtime lives in a worker thread, so that a run does not block this one. `"process"`: in a process of its own, which may
   * die without taking this one along and whose libraries write to no terminal, at the price of copies between the two. Default true;
   * `"process"` for `"webgpu"`, whose libraries write.
   */
  readonly worker?: boolean | "process";
  /** A copy of `onnxruntime-node` to use; only with `worker: false`. Default: the installed one. */
  readonly ort?: Ort;
}

/** Defaults of {@link nodeRuntime}. */
export const defaultNodeRuntimeOptions = Object.freeze({ device: "auto", precision: "float32" } as const);

/**
 * A runtime on `onnxruntime-node`, or on WebAssembly where that cannot be had. Starts at first use.
 *
 * Inputs are copied to the worker; with `worker: false` they are read in place and must not change until the run ends. Outputs are not copied.
 *
 * @param options - device, precision, threads, worker
 * @throws FoleyError `invalid-argument` for options that make no sense; when first used `missing-dependency` or `device-unavailable`
 * @example
 * ```ts
 * const runtime = nodeRuntime({ device: "cpu" });
 * const executable = await runtime.load(graph, weights);
 * const { y } = await executable.run({ x });
 * ```
 */
export function nodeRuntime(options: NodeRuntimeOptions = {}): DisposableRuntime {
  assertKind("options", options, "object", 'Pass { device: "cpu" }, or leave it out.');
  const { device, worker = device === "webgpu" ? "process" : true } = { ...defaultNodeRuntimeOptions, ...options };
  const { threads, ort, gpu, precision = defaultNodeRuntimeOptions.precision } = options;
  const devices: readonly string[] = ["auto", "cpu", "webgpu", "cuda", "wasm"];
  if (!devices.includes(device))
    throw new FoleyError("invalid-argument", `device is ${JSON.stringify(device)}, expected one of ${devices.join(", ")}.`);
  checkPrecision("precision", precision);
  if (threads !== undefined && (!Number.isSafeInteger(threads) || threads < 1 || threads > 1024)) {
    throw new FoleyError("invalid-argument", `threads is ${threads}, expected a whole number from 1 to 1024.`);
  }
  if (gpu !== undefined && (!Number.isSafeInteger(gpu) || gpu < 0)) {
    throw new FoleyError("invalid-argument", `gpu is ${gpu}, expected a whole number from 0.`);
  }
  if (ort !== undefined && worker) {
    throw new FoleyError("invalid-argument", "ort was given, but a module cannot be handed to a worker.", {
      hint: "Give worker: false too.",
    });
  }
  return hostRuntime(
    startOnce(async () => {
      if (worker === "process") return processChannel();
      return worker ? threadChannel() : directChannel(new Engine(nodePlatform(ort)));
    }),
    () => ({ device, threads, gpu, canary: makeCanary(), float16Canary: makeFloat16Canary() }),
    { precision, inPlace: locationInPlace },
  );
}
