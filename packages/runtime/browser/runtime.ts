/** The web runtime computes what Node's computes; checks in a page that is cross-origin isolated. */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { testRuntime } from "@foley-control/core/testing";
import { type WebRuntimeOptions, webRuntime } from "@foley-control/runtime/web";
import { block, weights, x } from "./support/network.js";

const wasmPaths = "/ort/";

async function compare(options: WebRuntimeOptions, device: string, fromNode: unknown): Promise<object> {
  await using runtime = webRuntime({ wasmPaths, ...options });
  const found = await runtime.capabilities();
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

/** WebGPU on a software adapter with subgroups of four, which must not be used. */
export const webgpuInTheWorker = (fromNode: unknown): Promise<object> => compare({ device: "webgpu" }, "webgpu", fromNode);

/** `auto` does not take a software adapter, and says why. */
export async function autoTakesNoSoftwareAdapter(): Promise<string> {
  await using runtime = webRuntime({ wasmPaths });
  const { device, selfTest, devices } = await runtime.capabilities();
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

/** A worker that cannot be loaded is an error with advice, not a silence. */
export async function missingWorker(): Promise<string> {
  await using runtime = webRuntime({ worker: () => new Worker("/no-such-worker.js", { type: "module" }) });
  const error: unknown = await runtime.capabilities().catch((reason: unknown) => reason);
  if (!FoleyError.isInstance(error) || error.code !== "device-unavailable") throw new Error(String(error));
  return error.message;
}
