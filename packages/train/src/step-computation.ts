/** How one step of a training is computed: the whole at once, or its gradients in parts; by the graph that fits the batch. */
import type { DeviceTensor, Executable, Graph, ParameterSource, PlainTensor, Runtime } from "@foley-control/core";
import { graphOf, partOf } from "./batch-parts.js";
import { gradientStep, PARAMETERS_INPUT } from "./gradient-step.js";
import type { ParameterLayout } from "./parameter-layout.js";
import { trainStep } from "./train-step.js";
import { type AdamWOptions, gradientsInput, sumStep, updateStep } from "./update-step.js";

/** What is on a device or in the memory of the process. */
export type AnyTensor = PlainTensor<"float32"> | DeviceTensor;
type Outputs = Readonly<Record<string, DeviceTensor>>;

/** A way to compute steps. */
export interface Computation {
  /** `outputs` are `gradientNorm` and the next state, the caller's to dispose. */
  run(
    batch: Readonly<Record<string, PlainTensor>>,
    state: Readonly<Record<string, AnyTensor>>,
  ): Promise<{ readonly scalars: Readonly<Record<string, number>>; readonly outputs: Outputs }>;
  dispose(): Promise<void>;
}

/** What both ways need. */
export interface StepParts {
  /** Of the same parameters, each for batches of its own shapes. */
  readonly losses: readonly Graph[];
  readonly layout: ParameterLayout;
  readonly adamw: AdamWOptions;
  readonly frozen: ParameterSource;
}

/** The whole step at once, which holds less. */
export async function inOneGraph(runtime: Runtime, { losses, layout, adamw, frozen }: StepParts): Promise<Computation> {
  const loaded: Executable[] = [];
  const dispose = async () => void (await Promise.all(loaded.map((executable) => executable.dispose())));
  try {
    for (const loss of losses) loaded.push(await runtime.load(trainStep(loss, layout, adamw), frozen));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async run(batch, state) {
      const index = graphOf(losses, batch, 1);
      const outputs = await (loaded[index] as Executable).runOnDevice({ ...batch, ...state });
      const { scalars, rest } = await takeScalars(losses[index] as Graph, outputs);
      return { scalars, outputs: rest };
    },
    dispose,
  };
}

/** Gradients part by part, on every runtime those of its own parts; then one update on the first. */
export async function inParts(
  runtimes: readonly Runtime[],
  { losses, layout, adamw, frozen }: StepParts,
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
  const gradientGraphs = losses.map((loss) => gradientStep(loss, layout, lossScale));
  const workers: { readonly gradients: readonly Executable[]; readonly add: Executable | undefined }[] = [];
  try {
    for (const runtime of runtimes) {
      const gradients: Executable[] = [];
      for (const gradientGraph of gradientGraphs) gradients.push(await load(runtime, gradientGraph, frozen));
      workers.push({ gradients, add: parts > runtimes.length ? await load(runtime, sumStep(layout)) : undefined });
    }
    const update = await load(runtimes[0] as Runtime, updateStep(layout, adamw, runtimes.length, parts * lossScale));
    /** Runs the parts from `begin` to `end`. */
    const sumOf = async (
      { gradients, add }: (typeof workers)[number],
      batch: Parameters<Computation["run"]>[0],
      [begin, end]: readonly [number, number],
      vector: AnyTensor,
    ) => {
      const index = graphOf(losses, batch, parts);
      const [loss, gradient] = [losses[index] as Graph, gradients[index] as Executable];
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

const isOnDevice = (tensor: AnyTensor): tensor is DeviceTensor => "location" in tensor;

/** A copy of what is on a device. */
export const plain = async (tensor: AnyTensor): Promise<PlainTensor<"float32">> =>
  isOnDevice(tensor) ? ((await tensor.read()) as PlainTensor<"float32">) : tensor;

/** Disposes what is on a device. */
export const release = (tensors: readonly AnyTensor[]): void => {
  for (const tensor of tensors) if (isOnDevice(tensor)) tensor.dispose();
};

/** The number in a tensor, which is disposed. */
export async function numberIn(tensor: DeviceTensor): Promise<number> {
  const { data } = await plain(tensor);
  tensor.dispose();
  return data[0] as number;
}
