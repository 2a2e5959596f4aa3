/** Node's side of `runtime.ts`: the numbers of the CPU. */
import { nodeRuntime } from "@foley-control/runtime/node";
import { block, weights, x } from "./support/network.js";

async function onCpu(): Promise<readonly number[]> {
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  await using executable = await runtime.load(block(), weights);
  const { y } = await executable.run({ x });
  return Array.from(y?.data as Float32Array);
}

export { onCpu as wasmInTheWorker, onCpu as wasmInThePage, onCpu as webgpuInTheWorker, onCpu as webgpuWithoutSuspending };
