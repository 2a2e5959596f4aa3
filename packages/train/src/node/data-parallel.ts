/** Several runtimes on one machine, to share the batches of a training. */
import { availableParallelism } from "node:os";
import { FoleyError, type Runtime } from "@foley-control/core";
import { type NodeRuntimeOptions, nodeRuntime } from "@foley-control/runtime/node";

/** Options of {@link dataParallelRuntimes}. */
export interface DataParallelOptions extends Omit<NodeRuntimeOptions, "worker" | "ort" | "gpu"> {
  /** Processes that compute: one per GPU, or a few on the CPU. */
  readonly processes: number;
}

/** Runtimes that `await using` disposes, to be given to `createTrainer`. */
export interface DataParallelRuntimes extends AsyncDisposable {
  /** One per process. */
  readonly runtimes: readonly [Runtime, ...Runtime[]];
  /** Ends the processes. */
  dispose(): Promise<void>;
}

/**
 * A runtime in a process of its own for each of `processes`: with CUDA the i-th takes the i-th GPU; on the CPU they share the threads.
 * Batches, state and files stay with the program that calls this, so nothing has to be agreed upon, and a process that dies makes the
 * step fail, with the last checkpoint as it was. One process is a thread of this one.
 *
 * @throws FoleyError `invalid-argument` for a number of processes that is none
 * @example
 * const parallel = dataParallelRuntimes({ processes: 4, device: "cuda" });
 * const trainer = await createTrainer(parallel.runtimes, lossOfAQuarter, start, { learningRate: () => 1e-4 });
 */
export function dataParallelRuntimes({ processes, ...options }: DataParallelOptions): DataParallelRuntimes {
  if (!Number.isSafeInteger(processes) || processes < 1 || processes > 64)
    throw new FoleyError("invalid-argument", `processes is ${processes}, expected a whole number from 1 to 64.`);
  if (processes === 1) {
    const runtime = nodeRuntime(options);
    const dispose = () => runtime.dispose();
    return { runtimes: [runtime], dispose, [Symbol.asyncDispose]: dispose };
  }
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / processes));
  const [first, ...others] = Array.from({ length: processes }, (_, gpu) =>
    nodeRuntime({ ...options, threads, worker: "process", ...(options.device === "cuda" && { gpu }) }),
  ) as [ReturnType<typeof nodeRuntime>, ...ReturnType<typeof nodeRuntime>[]];
  const dispose = async () => void (await Promise.all([first, ...others].map((runtime) => runtime.dispose())));
  return { runtimes: [first, ...others], dispose, [Symbol.asyncDispose]: dispose };
}
