/** Networks larger than the memory they should take: run stage by stage, each loaded when its turn comes and let go after it. */
import {
  BYTES_PER_ELEMENT,
  type DeviceTensor,
  type Executable,
  elementCount,
  type Graph,
  type LoadOptions,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { parametersOf, stages } from "@foley-control/graph";

/** Bytes of weights per stage unless said otherwise. */
export const DEFAULT_STAGE_BYTES: number = 2 ** 28;

/** Options of {@link loadInStages}. */
export interface StageOptions extends LoadOptions {
  /** Weights per stage. A graph with at most twice as many is loaded as a whole. Default {@link DEFAULT_STAGE_BYTES}. */
  readonly stageBytes?: number | undefined;
}

/**
 * Loads a graph that runs once or a few times, as a video encoder does for a clip. A large one is cut at its waists (`stages` of
 * `@foley-control/graph`), and each run loads the stages one after the other, so that one of them is in memory at a time. For weights
 * that are read in place that costs about a tenth of a second per stage and run.
 *
 * @param runtime - computes
 * @param graph - any graph; one that has no waists is loaded as a whole
 * @param weights - where its parameters are
 * @throws FoleyError what `Runtime.load` throws; of a staged graph when it runs
 */
export async function loadInStages(
  runtime: Runtime,
  graph: Graph,
  weights: ParameterSource,
  { stageBytes = DEFAULT_STAGE_BYTES, ...options }: StageOptions = {},
): Promise<Executable> {
  const bytes = [...parametersOf(graph).values()].reduce(
    (sum, { shape, dtype }) => sum + elementCount(shape) * BYTES_PER_ELEMENT[dtype],
    0,
  );
  const parts = bytes > 2 * stageBytes ? stages(graph, stageBytes) : [graph];
  return parts.length === 1 ? runtime.load(graph, weights, options) : staged(runtime, parts, weights, options);
}

function staged(runtime: Runtime, parts: readonly Graph[], weights: ParameterSource, options: LoadOptions): Executable {
  async function run<Out>(
    inputs: Readonly<Record<string, PlainTensor | DeviceTensor>>,
    signal: AbortSignal | undefined,
    last: (part: Executable, given: typeof inputs) => Promise<Out>,
  ): Promise<Out> {
    let given = inputs;
    let between: readonly DeviceTensor[] = [];
    const loaded = async <R>(part: Graph, work: (executable: Executable) => Promise<R>): Promise<R> => {
      let executable: Executable | undefined;
      try {
        executable = await runtime.load(part, weights, { ...options, signal });
        return await work(executable);
      } finally {
        for (const tensor of between) tensor.dispose();
        await executable?.dispose();
      }
    };
    for (const part of parts.slice(0, -1)) {
      const made = await loaded(part, (executable) => executable.runOnDevice(given, { signal }));
      between = Object.values(made);
      given = made;
    }
    return loaded(parts[parts.length - 1] as Graph, (executable) => last(executable, given));
  }
  return {
    run: (inputs, { signal } = {}) => run(inputs, signal, (part, given) => part.run(given, { signal })),
    runOnDevice: (inputs, { signal } = {}) => run(inputs, signal, (part, given) => part.runOnDevice(given, { signal })),
    dispose: async () => undefined,
  };
}
