/** Holds the state of one training and advances it step by step; knows nothing of files or data. */
import {
  type Executable,
  FoleyError,
  type Graph,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { ADAMW_DEFAULTS, type AdamWOptions, stateNames, trainStep } from "./train-step.js";

/** Options of {@link createTrainer}. */
export interface TrainerOptions {
  /** Settings that differ from {@link ADAMW_DEFAULTS}. */
  readonly optimiser?: Partial<AdamWOptions>;
  /** Decay of the moving average of the weights, reached by (step + 1)/(step + 10), or a rule of its own. Default 0.999. */
  readonly averageDecay?: number | ((step: number) => number);
  /** Learning rate at a step. */
  readonly learningRate: (step: number) => number;
  /** Frozen parameters; every parameter of the graph is either here or in `start`. */
  readonly frozen?: ParameterSource;
}

/** What one step reports. */
export interface StepReport {
  /** Index of the step, from 0. */
  readonly step: number;
  /** Loss before the step. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
  /** Learning rate of the step. */
  readonly learningRate: number;
  /** Further scalar outputs of the graph. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** A running training. */
export interface Trainer {
  /** Steps done. */
  readonly step: number;
  /** One optimiser step on a batch: the inputs of the graph. */
  advance(batch: Readonly<Record<string, PlainTensor>>): Promise<StepReport>;
  /** Parameters, optimiser state and averages by name: everything a checkpoint needs beside the step. */
  state(): Readonly<Record<string, PlainTensor<"float32">>>;
  /** Continues from a saved state. */
  restore(step: number, state: Readonly<Record<string, PlainTensor<"float32">>>): void;
  /** The trained parameters: the moving average, or the raw ones. */
  parameters(which: "average" | "raw"): Record<string, PlainTensor<"float32">>;
  /** Releases the session; idempotent. */
  dispose(): Promise<void>;
}

/**
 * Loads the train step of a graph and holds its state.
 *
 * @param source - Graph with a scalar output `loss`.
 * @param start - Starting values of exactly the trainable parameters.
 */
export async function createTrainer(
  runtime: Runtime,
  source: Graph,
  start: Readonly<Record<string, PlainTensor<"float32">>>,
  options: TrainerOptions,
): Promise<Trainer> {
  const trainable = Object.keys(start);
  const adamw = { ...ADAMW_DEFAULTS, ...options.optimiser };
  const limit = options.averageDecay ?? 0.999;
  const averageDecay = typeof limit === "function" ? limit : (at: number) => Math.min(limit, (at + 1) / (at + 10));
  const stepGraph = trainStep(source, trainable, adamw);
  const executable: Executable = await runtime.load(stepGraph, options.frozen ?? memoryParameters({}));
  const state: Record<string, PlainTensor<"float32">> = {};
  for (const [name, tensor] of Object.entries(start)) {
    const names = stateNames(name);
    const zeros = () => ({ dtype: "float32", shape: tensor.shape, data: new Float32Array(tensor.data.length) }) as const;
    state[name] = tensor;
    state[names.mean] = zeros();
    state[names.square] = zeros();
    state[names.average] = { ...tensor, data: tensor.data.slice() };
  }
  const scalarNames = Object.entries(source.outputs).flatMap(([name, value]) =>
    value.shape.length === 0 && name !== "loss" ? [name] : [],
  );
  let step = 0;
  const scalar = (value: number): PlainTensor<"float32"> => ({ dtype: "float32", shape: [], data: new Float32Array([value]) });

  return {
    get step() {
      return step;
    },
    async advance(batch) {
      const learningRate = options.learningRate(step);
      const outputs = await executable.run({
        ...batch,
        ...state,
        learningRate: scalar(learningRate),
        correction1: scalar(1 / (1 - adamw.beta1 ** (step + 1))),
        correction2: scalar(1 / (1 - adamw.beta2 ** (step + 1))),
        averageDecay: scalar(averageDecay(step)),
      });
      const read = (name: string) => (outputs[name] as PlainTensor<"float32">).data[0] as number;
      const report = {
        step,
        loss: read("loss"),
        gradientNorm: read("gradientNorm"),
        learningRate,
        scalars: Object.fromEntries(scalarNames.map((name) => [name, read(name)])),
      };
      if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm)) {
        throw new FoleyError(
          "invalid-argument",
          `The loss of step ${step} is ${report.loss}, its gradient norm ${report.gradientNorm}.`,
          {
            hint: "The state before this step is kept; lower the learning rate or look at the batch of this step.",
          },
        );
      }
      for (const name of Object.keys(state)) state[name] = outputs[`next.${name}`] as PlainTensor<"float32">;
      step++;
      return report;
    },
    state: () => state,
    restore(at, saved) {
      for (const name of Object.keys(state)) {
        const found = saved[name];
        if (!found || found.shape.join() !== (state[name] as PlainTensor).shape.join()) {
          throw new FoleyError(
            "bad-weights",
            `The checkpoint ${found ? `has another shape for "${name}"` : `lacks "${name}"`}: it belongs to another configuration.`,
          );
        }
      }
      for (const name of Object.keys(state)) state[name] = saved[name] as PlainTensor<"float32">;
      step = at;
    },
    parameters: (which) =>
      Object.fromEntries(
        trainable.map((name) => [name, state[which === "average" ? stateNames(name).average : name] as PlainTensor<"float32">]),
      ),
    dispose: () => executable.dispose(),
  };
}
