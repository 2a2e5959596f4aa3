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
 * that are read in place that costs about a tenth of a second per stage and run; `runEach` loads once for several inputs.
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

type Inputs = Readonly<Record<string, PlainTensor | DeviceTensor>>;

function staged(runtime: Runtime, parts: readonly Graph[], weights: ParameterSource, options: LoadOptions): Executable {
  /** Each stage is loaded once, for all of the inputs. */
  async function run<Out>(
    inputs: readonly Inputs[],
    signal: AbortSignal | undefined,
    last: (part: Executable, given: Inputs) => Promise<Out>,
  ): Promise<readonly Out[]> {
    let given = inputs;
    /** What stands between two stages for each of the inputs; let go one by one. */
    let between: (Readonly<Record<string, DeviceTensor>> | undefined)[] = [];
    const passed = (index: number): void => {
      letGo(between[index] ?? {});
      between[index] = undefined;
    };
    const through = async <R>(part: Graph, work: (executable: Executable, given: Inputs) => Promise<R>): Promise<R[]> => {
      let executable: Executable | undefined;
      const made: R[] = [];
      try {
        executable = await runtime.load(part, weights, { ...options, signal });
        for (const [index, one] of given.entries()) {
          made.push(await work(executable, one));
          passed(index);
        }
        return made;
      } catch (error) {
        for (const one of made) letGo(one as object);
        throw error;
      } finally {
        for (const index of between.keys()) passed(index);
        await executable?.dispose();
      }
    };
    for (const part of parts.slice(0, -1)) {
      const made = await through(part, (executable, one) => executable.runOnDevice(one, { signal }));
      between = [...made];
      given = made;
    }
    return through(parts[parts.length - 1] as Graph, last);
  }
  const first = async <Out>(outputs: Promise<readonly Out[]>): Promise<Out> => (await outputs)[0] as Out;
  return {
    run: (inputs, { signal } = {}) => first(run([inputs], signal, (part, given) => part.run(given, { signal }))),
    runOnDevice: (inputs, { signal } = {}) => first(run([inputs], signal, (part, given) => part.runOnDevice(given, { signal }))),
    runEach: (inputs, { signal } = {}) => run(inputs, signal, (part, given) => part.run(given, { signal })),
    dispose: async () => undefined,
  };
}

/** Lets outputs go that stand on a device. */
function letGo(outputs: object): void {
  for (const tensor of Object.values(outputs) as readonly Partial<DeviceTensor>[]) tensor.dispose?.();
}
