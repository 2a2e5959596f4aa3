/** A process that trains a line until its end, for tests that kill it: `node loop.test-support.ts FOLDER STEPS [OPTIONS]`. */
import { normalArray, type PlainTensor } from "@foley-control/core";
import { graph, input, ops, parameter } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { meanSquaredError } from "../objective.js";
import { createTrainer } from "../trainer.js";
import { lossValidation } from "../validation.js";
import { runTraining, type TrainingProgress } from "./loop.js";
import type { MakeSamples } from "./samples.js";

const tensor = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
const [x, y, time] = [input("x", [3, 4]), input("y", [3, 2]), input("time", [3])];

/** How a line is trained. */
export interface LineOptions {
  /** Milliseconds per batch. */
  readonly slow?: number;
  /** A step of which the batch is not finite. */
  readonly poison?: number;
  /** A step of which the batch never comes. */
  readonly hang?: number;
  /** Steps between validations and samples. Default: none of either. */
  readonly watch?: number;
  /** Rows of a matrix that is there to make the checkpoint large. Default 1. */
  readonly ballast?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** When the sounds of {@link clicks} should click. */
const TRUTH = [0.25, 0.6, 1.1];

/** Two sounds that click when they should, later the larger the first weight is. */
const clicks: MakeSamples = async ({ parameters, step }) => {
  const late = Math.abs(parameters["weight"]?.data[0] ?? 0) / 100;
  return ["a door", "a/b"].map((name, clip) => {
    const sound = new Float32Array(12_000);
    for (const at of TRUTH)
      for (let i = 0; i < 400; i++)
        sound[Math.round((at + 0.1 * clip + late) * 8000) + i] = 0.8 * Math.exp(-i / 60) * Math.sin(i * (0.9 + clip));
    return {
      name,
      prompt: `${name} after ${step} steps`,
      channels: [sound],
      sampleRate: 8000,
      truth: TRUTH.map((at) => at + 0.1 * clip),
    };
  });
};

/** Trains a linear map to the end. */
export async function trainLine(directory: string, steps: number, options: LineOptions = {}) {
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const { ballast = 1, watch } = options;
  const answer = ops.multiply(ops.matmul(x, parameter("weight", [4, 2])), ops.reshape(time, [3, 1]));
  const pull = ops.mean(ops.square(parameter("ballast", [ballast, 8])), [0, 1]);
  const loss = graph("line", [x, y, time], { loss: ops.add(meanSquaredError(answer, y), pull), pull });
  const trainer = await createTrainer(
    runtime,
    loss,
    {
      weight: tensor([4, 2], normalArray(1, ["weight"], 8)),
      ballast: tensor([ballast, 8], normalArray(1, ["ballast"], ballast * 8)),
    },
    { learningRate: () => 1e-2 },
  );
  const batchOf = (stream: string, step: number) => ({
    x: tensor([3, 4], normalArray(2, [stream, "x", step], 12)),
    y: tensor([3, 2], normalArray(2, [stream, "y", step], 6)),
  });
  try {
    const ended = await runTraining({
      trainer,
      steps,
      directory,
      fingerprint: JSON.stringify({ stage: "line", batch: 3 }),
      clipsPerStep: 3,
      checkpointEvery: 7,
      logEvery: 1,
      nameBatch: (step) => `clips ${step * 3} to ${step * 3 + 2}`,
      batch: async (step) => {
        if (options.slow) await new Promise((resolve) => setTimeout(resolve, options.slow));
        if (step === options.hang) await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
        const batch = batchOf("train", step);
        if (step === options.poison) batch.x.data[0] = Number.NaN;
        return { ...batch, time: tensor([3], normalArray(2, ["time", step], 3)) };
      },
      ...(watch !== undefined && {
        validation: {
          every: watch,
          measure: lossValidation(runtime, { loss, batches: 2, rows: 3, batch: async (index) => batchOf("held out", index) }),
        },
        samples: { every: 2 * watch, make: clicks },
      }),
      ...(options.signal && { signal: options.signal }),
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    return { ended, state: await trainer.state() };
  } finally {
    await trainer.dispose();
  }
}

const [script, directory, steps, options] = process.argv.slice(1);
if (script?.endsWith("loop.test-support.ts"))
  await trainLine(directory as string, Number(steps), JSON.parse(options ?? '{"slow":30}') as LineOptions);
