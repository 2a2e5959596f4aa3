/** Holds the state of one training and advances it step by step; knows nothing of files or data. */
import {
  type DeviceTensor,
  type Executable,
  FoleyError,
  type Graph,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { graph } from "@foley-control/graph";
import { partOf } from "./batch-parts.js";
import { gradientStep, PARAMETERS_INPUT } from "./gradient-step.js";
import { flatten, type ParameterLayout, parameterLayout, unflatten } from "./parameter-layout.js";
import { averageRule } from "./schedule.js";
import { trainStep } from "./train-step.js";
import {
  ADAMW_DEFAULTS,
  type AdamWOptions,
  gradientsInput,
  STATE_VECTORS,
  type StateVector,
  sumStep,
  updateStep,
} from "./update-step.js";

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

type AnyTensor = PlainTensor<"float32"> | DeviceTensor;
type State = Readonly<Record<StateVector, AnyTensor>>;
type Outputs = Readonly<Record<string, DeviceTensor>>;

/**
 * Loads the train step of a graph and holds its state, which stays on the device between steps.
 *
 * Several runtimes share the parts of a batch: each computes the gradients of its own, the first adds them up in their order and updates. So
 * one process and several come to the same, whatever is drawn at random was drawn before, and there is one state.
 *
 * @param runtimes - One, or one per device; they stay the caller's.
 * @param source - Graph with a scalar output `loss`, of the rows of one part.
 * @param start - Starting values of exactly the trainable parameters.
 */
export async function createTrainer(
  runtimes: Runtime | readonly [Runtime, ...Runtime[]],
  source: Graph,
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
  const layout = parameterLayout(source, Object.keys(start));
  const adamw = { ...ADAMW_DEFAULTS, ...options.optimiser };
  const averageDecay = options.averageDecay ?? averageRule({ kind: "warming", decay: 0.999 });
  const frozen = options.frozen ?? memoryParameters({});
  const numbers = Object.entries(source.outputs).filter(([, { shape }]) => shape.length === 0);
  const loss = graph(source.name, source.inputs, Object.fromEntries(numbers));
  const pieces: StepParts = { loss, layout, adamw, frozen };
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

/** How a step is computed. */
interface Computation {
  /** `outputs` are `gradientNorm` and the next state, the caller's to dispose. */
  run(
    batch: Readonly<Record<string, PlainTensor>>,
    state: Readonly<Record<string, AnyTensor>>,
  ): Promise<{ readonly scalars: Readonly<Record<string, number>>; readonly outputs: Outputs }>;
  dispose(): Promise<void>;
}

/** What both ways of computing a step need. */
interface StepParts {
  readonly loss: Graph;
  readonly layout: ParameterLayout;
  readonly adamw: AdamWOptions;
  readonly frozen: ParameterSource;
}

/** The whole step at once, which holds less. */
async function inOneGraph(runtime: Runtime, { loss, layout, adamw, frozen }: StepParts): Promise<Computation> {
  const executable = await runtime.load(trainStep(loss, layout, adamw), frozen);
  return {
    async run(batch, state) {
      const { scalars, rest } = await takeScalars(loss, await executable.runOnDevice({ ...batch, ...state }));
      return { scalars, outputs: rest };
    },
    dispose: () => executable.dispose(),
  };
}

/** Gradients part by part, on every runtime those of its own parts; then one update on the first. */
async function inParts(
  runtimes: readonly Runtime[],
  { loss, layout, adamw, frozen }: StepParts,
  parts: number,
  lossScale: number,
): Promise<Computation> {
  const loaded: Executable[] = [];
  const dispose = async () => void (await Promise.all(loaded.map((executable) => executable.dispose())));
  const load = async (runtime: Runtime, graph: Graph, weights?: ParameterSource) => {
    const executable = await runtime.load(graph, weights);
    loaded.push(executable);
    return executable;
  };
  const gradientGraph = gradientStep(loss, layout, lossScale);
  const workers: { readonly gradient: Executable; readonly add: Executable | undefined }[] = [];
  try {
    for (const runtime of runtimes)
      workers.push({
        gradient: await load(runtime, gradientGraph, frozen),
        add: parts > runtimes.length ? await load(runtime, sumStep(layout)) : undefined,
      });
    const update = await load(runtimes[0] as Runtime, updateStep(layout, adamw, runtimes.length, parts * lossScale));
    /** Runs the parts from `begin` to `end`. */
    const sumOf = async (
      { gradient, add }: (typeof workers)[number],
      batch: Parameters<Computation["run"]>[0],
      [begin, end]: readonly [number, number],
      vector: AnyTensor,
    ) => {
      const found: Readonly<Record<string, number>>[] = [];
      let sum: AnyTensor | undefined;
      for (let part = begin; part < end; part++) {
        const outputs = await gradient.runOnDevice({ ...partOf(loss, batch, part, parts), [PARAMETERS_INPUT]: vector });
        const { scalars, rest } = await takeScalars(loss, outputs);
        found.push(scalars);
        const next = rest["gradients"] as DeviceTensor;
        const both = sum && add && (await add.runOnDevice({ [gradientsInput(0)]: sum, [gradientsInput(1)]: next }));
        if (both) release([sum as AnyTensor, next]);
        sum = both ? (both["gradients"] as DeviceTensor) : next;
      }
      return { sum: sum as AnyTensor, found };
    };
    return {
      async run(batch, state) {
        const { [PARAMETERS_INPUT]: vector, ...others } = state as Record<string, AnyTensor>;
        const here = vector as AnyTensor;
        const away = runtimes.length > 1 ? await plain(here) : here;
        const share = (i: number) => Math.floor((i * parts) / runtimes.length);
        // All are waited for, so that nothing still computes when an error is thrown.
        const settled = await Promise.allSettled(
          workers.map(async (worker, i) => {
            const { sum, found } = await sumOf(worker, batch, [share(i), share(i + 1)], i === 0 ? here : away);
            if (i === 0) return { sum, found };
            const read = await plain(sum);
            release([sum]);
            return { sum: read, found };
          }),
        );
        const done = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
        const failed = settled.find((result) => result.status === "rejected");
        const sums = done.map(({ sum }) => sum);
        try {
          if (failed) throw failed.reason;
          const gradients = Object.fromEntries(sums.map((sum, i) => [gradientsInput(i), sum]));
          const outputs = await update.runOnDevice({ ...gradients, [PARAMETERS_INPUT]: here, ...others });
          return { scalars: meansOf(done.flatMap(({ found }) => found)), outputs };
        } finally {
          release(sums);
        }
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The numbers among outputs, the tensors of which are disposed, and what is left. */
async function takeScalars(
  loss: Graph,
  outputs: Outputs,
): Promise<{ readonly scalars: Readonly<Record<string, number>>; readonly rest: Outputs }> {
  const names = Object.keys(loss.outputs);
  const scalars = await Promise.all(names.map(async (name) => [name, await numberIn(outputs[name] as DeviceTensor)] as const));
  const taken = new Set(names);
  return {
    scalars: Object.fromEntries(scalars),
    rest: Object.fromEntries(Object.entries(outputs).filter(([name]) => !taken.has(name))),
  };
}

const meansOf = (found: readonly Readonly<Record<string, number>>[]): Record<string, number> =>
  Object.fromEntries(
    Object.keys(found[0] ?? {}).map((name) => [
      name,
      found.reduce((sum, scalars) => sum + (scalars[name] as number), 0) / found.length,
    ]),
  );

const scalar = (value: number): PlainTensor<"float32"> => ({ dtype: "float32", shape: [], data: new Float32Array([value]) });

const isOnDevice = (tensor: AnyTensor): tensor is DeviceTensor => "location" in tensor;

/** A copy of what is on a device. */
const plain = async (tensor: AnyTensor): Promise<PlainTensor<"float32">> =>
  isOnDevice(tensor) ? ((await tensor.read()) as PlainTensor<"float32">) : tensor;

const release = (tensors: readonly AnyTensor[]): void => {
  for (const tensor of tensors) if (isOnDevice(tensor)) tensor.dispose();
};

/** The number in a tensor, which is disposed. */
async function numberIn(tensor: DeviceTensor): Promise<number> {
  const { data } = await plain(tensor);
  tensor.dispose();
  return data[0] as number;
}
