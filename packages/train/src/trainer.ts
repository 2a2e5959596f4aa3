/** Holds the state of one training and advances it step by step; knows nothing of files or data. */
import {
  type DeviceTensor,
  FoleyError,
  type Graph,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { graph } from "@foley-control/graph";
import { flatten, type ParameterLayout, parameterLayout, unflatten } from "./parameter-layout.js";
import { averageRule } from "./schedule.js";
import { type AnyTensor, inOneGraph, inParts, numberIn, plain, release, type StepParts } from "./step-computation.js";
import { ADAMW_DEFAULTS, type AdamWOptions, STATE_VECTORS, type StateVector } from "./update-step.js";

/** Options of {@link createTrainer}. */
export interface TrainerOptions {
  /** Settings that differ from betas of 0.9 and 0.95, an epsilon of 1e-8, a weight decay of 0.01 and gradients clipped to 1. */
  readonly optimiser?: Partial<AdamWOptions>;
  /** Decay of the moving average of the weights at a step. Default: (step + 1)/(step + 10), at most 0.999. */
  readonly averageDecay?: (step: number) => number;
  /** Learning rate at a step. */
  readonly learningRate: (step: number) => number;
  /** Frozen parameters; every parameter of the graph is either here or in `start`. */
  readonly frozen?: ParameterSource;
  /**
   * Parts that a batch is computed in, one after another on every runtime: it has so many times the rows of the graph, and the loss must
   * be a mean over rows. The result is that of the whole batch at once, in the memory of one part. Default: one per runtime.
   */
  readonly microBatches?: number | undefined;
  /**
   * For runtimes that compute in float16, whose small numbers end where gradients begin: gradients are computed so many times larger, summed
   * and used in float32. A power of two, 1024 say. Default 1.
   */
  readonly lossScale?: number | undefined;
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
  /** One optimiser step on a batch: the inputs of the graph, of all parts one after another. */
  advance(batch: Readonly<Record<string, PlainTensor>>): Promise<StepReport>;
  /** Parameters, optimiser state and averages by name: everything a checkpoint needs beside the step. Later steps do not change it. */
  state(): Promise<Readonly<Record<string, PlainTensor<"float32">>>>;
  /** Continues from a saved state. */
  restore(step: number, state: Readonly<Record<string, PlainTensor<"float32">>>): void;
  /** The trained parameters: the moving average, or the raw ones. */
  parameters(which: "average" | "raw"): Promise<Record<string, PlainTensor<"float32">>>;
  /** Releases the sessions; idempotent. */
  dispose(): Promise<void>;
}

/** Names of the state of one parameter in a checkpoint. */
export const stateNames = (name: string): Readonly<Record<StateVector, string>> => ({
  parameters: name,
  mean: `adam.mean.${name}`,
  square: `adam.square.${name}`,
  average: `average.${name}`,
});

type State = Readonly<Record<StateVector, AnyTensor>>;

/**
 * Loads the train step of a graph and holds its state, which stays on the device between steps.
 *
 * Several runtimes share the parts of a batch: each computes the gradients of its own, the first adds them up in their order and updates. So
 * one process and several come to the same, whatever is drawn at random was drawn before, and there is one state.
 *
 * @param runtimes - One, or one per device; they stay the caller's.
 * @param source - Graph with a scalar output `loss`, of the rows of one part. Several of the same parameters, clips of several lengths say: a step is
 *   computed by the one whose inputs are of the shapes of its batch.
 * @param start - Starting values of exactly the trainable parameters.
 */
export async function createTrainer(
  runtimes: Runtime | readonly [Runtime, ...Runtime[]],
  source: Graph | readonly [Graph, ...Graph[]],
  start: Readonly<Record<string, PlainTensor<"float32">>>,
  options: TrainerOptions,
): Promise<Trainer> {
  const all: readonly Runtime[] = Array.isArray(runtimes) ? runtimes : [runtimes as Runtime];
  const parts = options.microBatches ?? all.length;
  if (!Number.isSafeInteger(parts) || parts < all.length) {
    throw new FoleyError("invalid-argument", `A batch in ${parts} parts cannot be shared by ${all.length} runtimes.`, {
      hint: "microBatches is a whole number, at least one for every runtime.",
    });
  }
  const lossScale = options.lossScale ?? 1;
  if (!(lossScale > 0) || !Number.isInteger(Math.log2(lossScale)))
    throw new FoleyError("invalid-argument", `lossScale is ${lossScale}, expected a power of two.`);
  const sources: readonly [Graph, ...Graph[]] = Array.isArray(source) ? (source as [Graph, ...Graph[]]) : [source as Graph];
  const [layout, ...others] = sources.map((one) => parameterLayout(one, Object.keys(start))) as [
    ParameterLayout,
    ...ParameterLayout[],
  ];
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(layout)))
    throw new FoleyError("invalid-argument", "The graphs of one training have other parameters than one another.");
  const adamw = { ...ADAMW_DEFAULTS, ...options.optimiser };
  const averageDecay = options.averageDecay ?? averageRule({ kind: "warming", decay: 0.999 });
  const frozen = options.frozen ?? memoryParameters({});
  const losses = sources.map(({ name, inputs, outputs }) => {
    const numbers = Object.entries(outputs).filter(([, { shape }]) => shape.length === 0);
    return graph(name, inputs, Object.fromEntries(numbers));
  });
  const pieces: StepParts = { losses, layout, adamw, frozen };
  // A graph with weights is computed in the precision of its runtime, and the optimiser must not be.
  const compute =
    parts === 1 && lossScale === 1 ? await inOneGraph(all[0] as Runtime, pieces) : await inParts(all, pieces, parts, lossScale);
  const zeros: PlainTensor<"float32"> = { dtype: "float32", shape: [layout.size], data: new Float32Array(layout.size) };
  const begin = flatten(layout, (name) => start[name] as PlainTensor<"float32">);
  let state: State = { parameters: begin, mean: zeros, square: zeros, average: begin };
  let step = 0;
  const replace = (next: State): void => {
    release(Object.values(state));
    state = next;
  };
  const tensorsOf = async (vector: StateVector) =>
    unflatten(layout, await plain(state[vector]), (name) => stateNames(name)[vector]);

  return {
    get step() {
      return step;
    },
    async advance(batch) {
      const learningRate = options.learningRate(step);
      const { scalars, outputs } = await compute.run(batch, {
        ...Object.fromEntries(STATE_VECTORS.map((name) => [`state.${name}`, state[name]])),
        learningRate: scalar(learningRate),
        correction1: scalar(1 / (1 - adamw.beta1 ** (step + 1))),
        correction2: scalar(1 / (1 - adamw.beta2 ** (step + 1))),
        averageDecay: scalar(averageDecay(step)),
      });
      const { loss = Number.NaN, ...others } = scalars;
      const next = Object.fromEntries(STATE_VECTORS.map((name) => [name, outputs[`next.${name}`]])) as Record<
        StateVector,
        DeviceTensor
      >;
      const gradientNorm = await numberIn(outputs["gradientNorm"] as DeviceTensor);
      const report = { step, loss, gradientNorm, learningRate, scalars: others };
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        release(Object.values(next));
        throw new FoleyError("invalid-argument", `The loss of step ${step} is ${loss}, its gradient norm ${gradientNorm}.`, {
          hint: "The state before this step is kept; lower the learning rate or look at the batch of this step.",
        });
      }
      replace(next);
      step++;
      return report;
    },
    state: async () => Object.assign({}, ...(await Promise.all(STATE_VECTORS.map(tensorsOf)))),
    restore(at, saved) {
      const find = (vector: StateVector) =>
        flatten(layout, (name, shape) => {
          const key = stateNames(name)[vector];
          const found = saved[key];
          if (!found || found.shape.join() !== shape.join()) {
            throw new FoleyError(
              "bad-weights",
              `The checkpoint ${found ? `has another shape for "${key}"` : `lacks "${key}"`}: it belongs to another configuration.`,
            );
          }
          return found;
        });
      replace({ parameters: find("parameters"), mean: find("mean"), square: find("square"), average: find("average") });
      step = at;
    },
    parameters: async (which) => unflatten(layout, await plain(state[which === "average" ? "average" : "parameters"])),
    async dispose() {
      release(Object.values(state));
      await compute.dispose();
    },
  };
}

const scalar = (value: number): PlainTensor<"float32"> => ({ dtype: "float32", shape: [], data: new Float32Array([value]) });
