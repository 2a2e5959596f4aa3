/** A process that trains a line until its end, for tests that kill it: `node loop.test-support.ts FOLDER STEPS`. */
import { normalArray, type PlainTensor } from "@foley-control/core";
import { graph, input, ops, parameter } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { meanSquaredError } from "../objective.js";
import { createTrainer } from "../trainer.js";
import { runTraining } from "./loop.js";

const tensor = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
const [x, y] = [input("x", [3, 4]), input("y", [3, 2])];

/** Trains a linear map to the end; a step of which `poison` is given has a batch that is not finite. */
export async function trainLine(
  directory: string,
  steps: number,
  options: { readonly slow?: number; readonly poison?: number } = {},
) {
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const loss = graph("line", [x, y], { loss: meanSquaredError(ops.matmul(x, parameter("weight", [4, 2])), y) });
  const trainer = await createTrainer(
    runtime,
    loss,
    { weight: tensor([4, 2], normalArray(1, ["weight"], 8)) },
    { learningRate: () => 1e-2 },
  );
  const ended = await runTraining({
    trainer,
    steps,
    directory,
    fingerprint: JSON.stringify({ stage: "line", batch: 3 }),
    checkpointEvery: 7,
    logEvery: 1,
    nameBatch: (step) => `clips ${step * 3} to ${step * 3 + 2}`,
    batch: async (step) => {
      if (options.slow) await new Promise((resolve) => setTimeout(resolve, options.slow));
      const data = normalArray(2, ["x", step], 12);
      if (step === options.poison) data[0] = Number.NaN;
      return { x: tensor([3, 4], data), y: tensor([3, 2], normalArray(2, ["y", step], 6)) };
    },
  });
  const state = trainer.state();
  await trainer.dispose();
  return { ended, state };
}

const [script, directory, steps] = process.argv.slice(1);
if (script?.endsWith("loop.test-support.ts")) await trainLine(directory as string, Number(steps), { slow: 30 });
