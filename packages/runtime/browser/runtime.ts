/** The web runtime computes what Node's computes; checks in a page that is cross-origin isolated. */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { testRuntime } from "@foley-control/core/testing";
import { type WebRuntimeOptions, webRuntime } from "@foley-control/runtime/web";
import { block, weights, wideInput, wideLayers, wideWeights, x } from "./support/network.js";

const wasmPaths = "/ort/";

async function compare(options: WebRuntimeOptions, device: string, fromNode: unknown, build?: string): Promise<object> {
  await using runtime = webRuntime({ wasmPaths, ...options });
  const found = await runtime.capabilities();
  if (found.build !== (build ?? device)) throw new Error(`runs on the build ${found.build}, not ${build ?? device}`);
  if (found.device !== device) throw new Error(`runs on ${found.device}, not ${device}: ${found.selfTest.reason}`);
  await using executable = await runtime.load(block(), weights);
  const { y } = await executable.run({ x });
  const kept = await executable.runOnDevice({ x });
  const again = await executable.run({ x: kept["y"] ?? x });
  const read = await kept["y"]?.read();
  const expected = fromNode as readonly number[];
  let difference = 0;
  expected.forEach((value, i) => {
    const here = (y as PlainTensor).data[i] as number;
    difference = Math.max(difference, Math.abs(here - value));
    if (read?.data[i] !== here) throw new Error(`a kept tensor reads ${String(read?.data[i])} at ${i}, the run gave ${here}`);
  });
  if (!(difference < 1e-4)) throw new Error(`differs from Node by ${difference}`);
  if (again["y"]?.data.length !== expected.length) throw new Error("a kept tensor is not taken as an input");
  kept["y"]?.dispose();
  return { difference, threads: found.threads, selfTest: found.selfTest.maxError };
}

/** wasm, threads, worker. */
export const wasmInTheWorker = (fromNode: unknown): Promise<object> => compare({ device: "wasm", threads: 2 }, "wasm", fromNode);

/** wasm, in the page. */
export const wasmInThePage = (fromNode: unknown): Promise<object> =>
  compare({ device: "wasm", threads: 1, worker: false }, "wasm", fromNode);

/** WebGPU on a software adapter with subgroups of four, which must not be used; this browser suspends WebAssembly. */
export const webgpuInTheWorker = (fromNode: unknown): Promise<object> =>
  compare({ device: "webgpu" }, "webgpu", fromNode, "jspi");

/** The same where the browser cannot suspend WebAssembly, and where the smaller build does not come. */
export async function webgpuWithoutSuspending(fromNode: unknown): Promise<object> {
  const able = WebAssembly as { Suspending?: unknown };
  const { Suspending: suspending } = able;
  delete able.Suspending;
  try {
    await compare({ device: "webgpu" }, "webgpu", fromNode, "webgpu");
  } finally {
    able.Suspending = suspending;
  }
  const { Worker: real } = globalThis;
  globalThis.Worker = class extends real {
    constructor(url: URL | string, options?: WorkerOptions) {
      super(String(url).includes("jspi") ? "/no-such-worker.js" : url, options);
    }
  };
  try {
    await using runtime = webRuntime({ wasmPaths, device: "webgpu" });
    const { build, device } = await runtime.capabilities();
    if (build !== "webgpu" || device !== "webgpu") throw new Error(`the build ${build} computes on ${device}`);
    return { build };
  } finally {
    globalThis.Worker = real;
  }
}

/** int8 on both devices and float16 on wasm are near float32; a software adapter has no float16, and it is said before it fails. */
export async function precisions(): Promise<object> {
  const compute = async (options: WebRuntimeOptions): Promise<Float32Array> => {
    await using runtime = webRuntime({ wasmPaths, threads: 1, ...options });
    await using executable = await runtime.load(wideLayers(), wideWeights);
    return (await executable.run({ x: wideInput }))["y"]?.data as Float32Array;
  };
  const exact = await compute({ device: "wasm" });
  const error = (found: Float32Array): number => {
    const added = exact.reduce((sum, value, i) => sum + (value - (wideInput.data[i] as number)) ** 2, 0);
    return Math.sqrt(exact.reduce((sum, value, i) => sum + (value - (found[i] as number)) ** 2, 0) / added);
  };
  const errors = {
    wasmFloat16: error(await compute({ device: "wasm", precision: "float16" })),
    wasmInt8: error(await compute({ device: "wasm", precision: "int8" })),
    webgpuInt8: error(await compute({ device: "webgpu", precision: "int8" })),
  };
  if (!(errors.wasmFloat16 > 1e-6 && errors.wasmFloat16 < 2e-3))
    throw new Error(`float16 on wasm is off by ${errors.wasmFloat16}`);
  for (const found of [errors.wasmInt8, errors.webgpuInt8])
    if (!(found > 1e-4 && found < 2e-2)) throw new Error(`int8 is off by ${JSON.stringify(errors)}`);
  const refused: unknown = await compute({ device: "webgpu", precision: "float16" }).catch((reason: unknown) => reason);
  if (!FoleyError.isInstance(refused) || refused.code !== "device-unavailable") throw new Error(String(refused));
  return errors;
}

/** `auto` does not take a software adapter, and says why. */
export async function autoTakesNoSoftwareAdapter(): Promise<string> {
  await using runtime = webRuntime({ wasmPaths });
  const { device, selfTest, devices = [] } = await runtime.capabilities({ devices: true });
  if (device !== "wasm" || selfTest.fellBackFrom !== "webgpu" || !selfTest.passed)
    throw new Error(JSON.stringify({ device, selfTest }));
  if (devices.length !== 2) throw new Error(JSON.stringify(devices));
  return selfTest.reason ?? "";
}

/** The contract's suite on wasm. */
export async function conformance(): Promise<number> {
  const checks = testRuntime(() => webRuntime({ device: "wasm", threads: 1, wasmPaths }));
  for (const check of checks) {
    await check.run().catch((cause: unknown) => {
      throw new Error(`${check.name}: ${String(cause)}`);
    });
  }
  return checks.length;
}

/** An engine that says nothing is ended and started again on one thread. */
export async function silentEngine(): Promise<string> {
  let started = 0;
  const silent = URL.createObjectURL(new Blob(["// says nothing"], { type: "text/javascript" }));
  const worker = () => new Worker(started++ === 0 ? silent : "/worker.js", { type: "module" });
  await using runtime = webRuntime({ device: "wasm", wasmPaths, worker, startTimeout: 3 });
  const { threads, threadsReason } = await runtime.capabilities();
  if (started !== 2 || threads !== 1 || threadsReason === undefined) throw new Error(`${started} ${threads} ${threadsReason}`);
  return threadsReason;
}

/** A worker that cannot be loaded is an error with advice, not a silence. */
export async function missingWorker(): Promise<string> {
  await using runtime = webRuntime({ worker: () => new Worker("/no-such-worker.js", { type: "module" }) });
  const error: unknown = await runtime.capabilities().catch((reason: unknown) => reason);
  if (!FoleyError.isInstance(error) || error.code !== "device-unavailable") throw new Error(String(error));
  return error.message;
}
