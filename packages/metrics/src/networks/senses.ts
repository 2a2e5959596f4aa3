/** From a network and what it is fed to a maker of features: the graph is loaded when it is first run, and kept. */

import type { TokenRows } from "@foley-control/audio-backbone";
import { type Executable, FoleyError, type Graph, type Picture, type PlainTensor, type Runtime } from "@foley-control/core";
import type { FeatureMaker, NamedRows, PairFeatures, PictureFeatures, SoundFeatures, TextFeatures } from "../features/makers.js";
import { type FramePickOptions, pickTimes } from "../frontends/frame-picks.js";
import type { Sound } from "../frontends/sound.js";
import type { Rows } from "../statistics/rows.js";
import type { MetricNetwork, NetworkSizes } from "./network.js";

/** What a sense is opened with. */
export interface SenseContext {
  /** Runs the graphs. */
  readonly runtime: Runtime;
  /** First seconds of every clip that count; all clips of an evaluation must share them. */
  readonly seconds: number;
  /** Names of the features. */
  readonly makes: readonly string[];
  /** What stands behind the network's own id, such as a digest of its weights. */
  readonly tag: string;
}

/** Makes a maker of features. */
export type OpenSense<Maker> = (context: SenseContext) => Maker;

/** Values of a graph's inputs by name. Plain numbers have the shape of the input; what the graph does not ask for is left out. */
type Feeds = Readonly<Record<string, PlainTensor | PlainTensor["data"]>>;

/** Runs a graph of the given sizes. `outputs` names its outputs by the features that they become, one row per place of the first axis. */
export type RunNetwork = <Names extends Readonly<Record<string, string>>>(
  sizes: NetworkSizes,
  feeds: Feeds,
  outputs: Names,
) => Promise<{ readonly [Name in keyof Names]: Rows }>;

/**
 * A network that hears.
 *
 * @param hear - From a sound, through the network's own loader and front-end, to its features
 * @param options - `whole`: it hears all of a sound, however many seconds count. Default `false`
 */
export function hears(
  network: MetricNetwork,
  hear: (sound: Sound, seconds: number, run: RunNetwork) => Promise<NamedRows>,
  { whole = false }: { readonly whole?: boolean } = {},
): OpenSense<SoundFeatures> {
  return (context) => {
    const { seconds } = context;
    return maker(network, context, whole ? "" : `/${seconds}s`, (sound, run) => hear(sound, seconds, run));
  };
}

/**
 * A network that sees.
 *
 * @param rate - Frames per second that it looks at
 * @param see - From as many frames as are looked at to its features
 */
export function sees(
  network: MetricNetwork,
  rate: number,
  see: (frames: AsyncIterable<Picture>, looks: FramePickOptions, run: RunNetwork) => Promise<NamedRows>,
): OpenSense<PictureFeatures> {
  return (context) => {
    const looks = { rate, seconds: context.seconds };
    const work = (frames: AsyncIterable<Picture> | Iterable<Picture>, run: RunNetwork) => see(wanted(frames, looks), looks, run);
    return { ...maker(network, context, `/${looks.seconds}s`, work), looks };
  };
}

/**
 * A network that reads: takes `ids`, and `mask` when it has such an input; gives `embedding`.
 *
 * @param length - Rows of a text
 * @param tokenise - The tokeniser of the network
 */
export function reads(network: MetricNetwork, length: number, tokenise: (text: string) => TokenRows): OpenSense<TextFeatures> {
  return (context) => {
    const [name = ""] = context.makes;
    const work = async (text: string, run: RunNetwork) => {
      const { ids, mask } = tokenise(text);
      if (ids.length !== length)
        throw new FoleyError("shape-mismatch", `The tokeniser made ${ids.length} rows; expected ${length}.`, {
          hint: `Make it for ${length} rows.`,
        });
      return run({}, { ids, mask }, { [name]: "embedding" });
    };
    const digest = (text: string) => {
      const { ids, mask } = tokenise(text);
      return `ids:${ids.join()} mask:${mask.join()}`;
    };
    return { ...maker(network, context, "", work), digest };
  };
}

/**
 * A network that puts together what was made of picture and sound.
 *
 * @param of - Full names of what it takes
 * @param join - From these features of a clip to what it says of them
 */
export function joins(
  network: MetricNetwork,
  of: readonly string[],
  join: (parts: readonly Rows[], seconds: number, run: RunNetwork) => Promise<NamedRows>,
): OpenSense<PairFeatures> {
  return (context) => {
    const { seconds } = context;
    return { ...maker(network, context, `/${seconds}s`, (parts: readonly Rows[], run) => join(parts, seconds, run)), of };
  };
}

/** One row: the mean of all. */
export function meanRow({ count, width, data }: Rows): Rows {
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count;
  return { count: 1, width, data: mean };
}

/**
 * The graph of the last sizes stays loaded: clips of an evaluation are equally long, and a graph per length would pile up. Runs of one
 * network wait for each other, so that none loses its graph to a clip of another length.
 */
function maker<Source>(
  network: MetricNetwork,
  { runtime, makes, tag }: SenseContext,
  timed: string,
  work: (source: Source, run: RunNetwork) => Promise<NamedRows>,
): FeatureMaker<Source> {
  let loaded: { readonly key: string; readonly graph: Graph; readonly executable: Promise<Executable> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const free = async (): Promise<void> => {
    const old = loaded;
    loaded = undefined;
    if (old) await (await old.executable).dispose();
  };
  const inTurn = <Result>(step: () => Promise<Result>): Promise<Result> => {
    const result = last.then(step);
    last = result.catch(() => undefined);
    return result;
  };
  const run = async (sizes: NetworkSizes, feeds: Feeds, signal: AbortSignal | undefined) => {
    const key = JSON.stringify(sizes);
    if (loaded?.key !== key) {
      await free();
      const graph = network.graph(sizes);
      loaded = { key, graph, executable: runtime.load(graph, network.weights) };
    }
    return (await loaded.executable).run(fed(loaded.graph, feeds), { signal });
  };
  return {
    id: `${network.id}${tag}${timed}`,
    makes,
    compute: (source, { signal } = {}) =>
      work(source, async (sizes, feeds, outputs) => {
        const found = await inTurn(() => run(sizes, feeds, signal));
        const rows = Object.entries(outputs).map(([name, output]) => [name, rowsOfTensor(found[output])]);
        return Object.fromEntries(rows) as { readonly [Name in keyof typeof outputs]: Rows };
      }),
    dispose: () => inTurn(free),
  };
}

function fed({ inputs }: Graph, feeds: Feeds): Record<string, PlainTensor> {
  const tensors: Record<string, PlainTensor> = {};
  for (const { name = "", shape, dtype } of inputs) {
    const value = feeds[name];
    if (value) tensors[name] = ArrayBuffer.isView(value) ? ({ dtype, shape, data: value } as PlainTensor) : value;
  }
  return tensors;
}

/** One row per place of the first axis. */
function rowsOfTensor(value: PlainTensor | undefined): Rows {
  if (!value || !(value.data instanceof Float32Array))
    throw new FoleyError("unsupported", "The network gave no float32 numbers.", { hint: "Use one of this package's networks." });
  const count = value.shape[0] as number;
  return { count, width: value.data.length / count, data: value.data };
}

/** As many frames as are looked at. */
async function* wanted(frames: AsyncIterable<Picture> | Iterable<Picture>, looks: FramePickOptions): AsyncGenerator<Picture> {
  const count = pickTimes(looks).length;
  let found = 0;
  for await (const frame of frames) {
    yield frame;
    if (++found === count) return;
  }
  throw new FoleyError(
    "invalid-argument",
    `The video has ${found} frames at ${looks.rate} per second; ${count} are needed for ${looks.seconds} s.`,
    { hint: "Leave the clip out, or evaluate a shorter part of all clips." },
  );
}
