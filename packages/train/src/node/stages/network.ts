/** What the stages that train one of the small networks have in common: from a loss to the file of the weights. */
import { join } from "node:path";
import { FoleyError, type Graph, type PlainTensor } from "@foley-control/core";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { learningRateAt } from "../../schedule.js";
import { createTrainer, type TrainerOptions } from "../../trainer.js";
import { BEST_FILE } from "../best.js";
import { readTensors } from "../checkpoint.js";
import { runTraining, type TrainingRun } from "../loop.js";
import { reporter, type Stage, type StageContext, weightsFile } from "./stage.js";

type Tensors = Readonly<Record<string, PlainTensor<"float32">>>;

/** Steps over which the learning rate rises. */
const WARM_UP = 100;

/** One training. */
export interface NetworkTraining extends Pick<TrainingRun, "batch" | "validation">, Pick<TrainerOptions, "frozen"> {
  readonly loss: Graph | readonly [Graph, ...Graph[]];
  readonly start: Tensors;
  /** The entry of the plan. */
  readonly sizes: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    readonly restarts?: readonly number[];
    /** Share of `start` in what is handed on. Default 0. */
    readonly keptOfStart?: number;
  };
  /** What else names the configuration. */
  readonly config: unknown;
  /** Tensors that go into the file as they are. */
  readonly beside?: Readonly<Record<string, PlainTensor>>;
  /** Strings that the file carries. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Trains, or goes on; returns whether it reached its end. */
export async function trainNetwork(stage: Stage, context: StageContext, training: NetworkTraining): Promise<boolean> {
  const { runtime, plan, options, directory } = context;
  const { loss, start, frozen, sizes, config, beside, metadata, ...run } = training;
  const { steps, batch, peak, restarts = [], keptOfStart = 0 } = sizes;
  if (!(keptOfStart >= 0 && keptOfStart <= 1))
    throw new FoleyError("invalid-argument", `keptOfStart is ${keptOfStart}, expected a share from 0 to 1.`);
  const trainer = await createTrainer(runtime, loss, start, {
    ...(frozen && { frozen }),
    learningRate: learningRateAt({ kind: "cosine", peak, warmUp: WARM_UP, restarts }, steps),
  });
  try {
    const ended = await runTraining({
      ...run,
      trainer,
      steps,
      clipsPerStep: batch,
      directory,
      fingerprint: JSON.stringify({ stage, config, ...sizes, seed: plan.seed }),
      signal: options.signal,
      onProgress: reporter(stage, options),
    });
    if (ended) {
      const best = run.validation?.keepBest ? (await readTensors(join(directory, BEST_FILE))).tensors : undefined;
      const made = best ?? (await trainer.parameters("average"));
      await writeSafetensorsFile(
        weightsFile(options.directory, stage),
        { ...beside, ...meanOf(made, start, keptOfStart) },
        metadata,
      );
    }
    return ended;
  } finally {
    await trainer.dispose();
  }
}

/** Weights with a share of others of the same names. */
function meanOf(made: Tensors, others: Tensors, share: number): Tensors {
  if (share === 0) return made;
  const mean = (name: string, { data, ...tensor }: PlainTensor<"float32">) => {
    const other = (others[name] as PlainTensor<"float32">).data;
    return { ...tensor, data: data.map((value, i) => (1 - share) * value + share * (other[i] as number)) };
  };
  return Object.fromEntries(Object.entries(made).map(([name, tensor]) => [name, mean(name, tensor)]));
}
