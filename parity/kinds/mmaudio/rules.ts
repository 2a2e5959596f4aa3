/** MMAudio's rules without a network: lengths, which pictures are taken, times, positions, pixels. What is said in whole numbers is exact. */
import {
  mmaudioClipRows,
  mmaudioLatents,
  mmaudioSeconds,
  mmaudioSyncRows,
  nearestRows,
  rowRotary,
  timeFeatures,
  timeFrequencies,
} from "@foley-control/audio-backbone";
import { memoryParameters } from "@foley-control/core";
import { type Comparison, compare, compareAll, type GoldenCase, type Numbers, numbers } from "@foley-control/golden";
import { graph, input, ops } from "@foley-control/graph";
import { firstPictures } from "@foley-control/media";
import { linearTimes } from "@foley-control/sampler";
import { clipPixels, clipSquare, synchformerPixels, synchformerSquare } from "@foley-control/video-encoder";
import { withGraph } from "../../runtime.js";

/** Whether a case is the rules. */
export const isMmaudioRules = ({ file }: GoldenCase): boolean => file.config?.rules === "mmaudio";

/** Whether a case is the pixels. */
export const isMmaudioPictures = ({ file }: GoldenCase): boolean =>
  file.config?.clipSize !== undefined && file.config.syncSize !== undefined;

/** Rate and hop of the mel. */
const RATES = { "16k": { sampleRate: 16_000, hop: 256 }, "44k": { sampleRate: 44_100, hop: 512 } } as const;

/** Numbers of which none may differ. */
const exactly = (name: string, mine: readonly number[], said: readonly number[]): Comparison =>
  compare(name, numbers(mine), numbers(said), { maxAbs: 0 });

const lengthsOf = (seconds: number): readonly number[] =>
  Object.values(RATES).flatMap((rate) => [mmaudioLatents(seconds, rate), mmaudioClipRows(seconds), mmaudioSyncRows(seconds)]);

const inOrder = (said: Lengths): readonly number[] => [...said["16k"], ...said["44k"]];

/** Every rule. */
export async function checkMmaudioRules(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, lengths = {}, frames = {}, eulerTimes = {}, stretchedRows = {} } = golden.file;
  const computed: Record<string, Numbers> = {};
  for (const version of ["v1", "v2"] as const) {
    const said = config[`timestep.${version}`];
    if (!said) continue;
    const time = input("time", [said.t.length]);
    const features = timeFeatures(time, timeFrequencies({ version, width: said.width }));
    const source = graph("times", [time], { features });
    const run = await withGraph(source, memoryParameters({}), (run) =>
      run({ time: { shape: time.shape, data: Float32Array.from(said.t) } }),
    );
    computed[`timestep.${version}`] = run["features"] as Numbers;
  }
  for (const name of ["rope.latent", "rope.clip"]) {
    const said = config[name];
    if (!said) continue;
    const { cos, sin } = rowRotary(said.rows, said.headWidth, said.scale);
    const one = input("one", [1]);
    const source = graph("positions", [one], { cos: ops.multiply(cos, one), sin: ops.multiply(sin, one) });
    const found = await withGraph(source, memoryParameters({}), (run) => run({ one: { shape: [1], data: Float32Array.of(1) } }));
    computed[name] = found["cos"] as Numbers;
    computed[`${name}.sin`] = found["sin"] as Numbers;
  }
  const exact: Comparison[] = [];
  for (const [seconds, said] of Object.entries(lengths as Readonly<Record<string, Lengths>>))
    exact.push(exactly(`lengths ${seconds} s`, lengthsOf(Number(seconds)), inOrder(said)));
  for (const [name, said] of Object.entries(frames as Readonly<Record<string, Said>>)) {
    const [clip, sync] = [8, 25].map((rate) => firstPictures(said.times, rate, said.asked)) as [number[], number[]];
    exact.push(exactly(`pictures of ${name}`, [...clip, ...sync], [...said.read.clip, ...said.read.sync]));
    const loaded = mmaudioSeconds(said.asked, { clip: clip.length, sync: sync.length });
    const { seconds, clip: pictures, sync: frames } = said.loaded;
    exact.push(exactly(`length of ${name}`, [loaded.seconds, loaded.clip, loaded.sync], [seconds, pictures, frames]));
    exact.push(exactly(`rows of ${name}`, lengthsOf(loaded.seconds), inOrder(said.lengths)));
  }
  for (const [sizes, said] of Object.entries(stretchedRows as Readonly<Record<string, readonly number[]>>)) {
    const [have, wanted] = sizes.split("->").map(Number) as [number, number];
    exact.push(exactly(`rows ${sizes}`, nearestRows(have, wanted), said));
  }
  // Ours fall from noise, 1, to sound, 0.
  for (const [steps, said] of Object.entries(eulerTimes as Readonly<Record<string, readonly number[]>>)) {
    const times = [...linearTimes({ steps: Number(steps) })].slice(0, Number(steps)).map((time) => Math.fround(1 - time));
    exact.push(compare(`times of ${steps} steps`, numbers(times), numbers(said), { maxAbs: 2 ** -23 }));
  }
  return [...compareAll(golden, computed), ...exact];
}

type Lengths = Readonly<Record<"16k" | "44k", readonly number[]>>;

interface Said {
  readonly times: readonly number[];
  readonly asked: number;
  readonly read: { readonly clip: readonly number[]; readonly sync: readonly number[] };
  readonly loaded: { readonly seconds: number; readonly clip: number; readonly sync: number };
  readonly lengths: Lengths;
}

/** Pixels of every picture, for both encoders. */
export function checkMmaudioPictures(golden: GoldenCase): readonly Comparison[] {
  const computed: Record<string, Numbers> = {};
  const { clipSize, syncSize } = golden.file.config;
  for (const name of Object.keys(golden.file.inputs)) {
    const { shape } = golden.file.inputs[name] as { readonly shape: readonly [number, number, number] };
    const rgb = golden.has(`in.${name}`) ? Uint8Array.from(golden.stored(`in.${name}`).data) : patterned(golden, name, shape);
    const picture = { rgb, height: shape[0], width: shape[1] };
    computed[`clip.${name}`] = planes(clipSquare(picture, clipSize), clipSize);
    computed[`clipNormalised.${name}`] = {
      shape: [3, clipSize, clipSize],
      data: clipPixels(picture, clipSize) as Float32Array<ArrayBuffer>,
    };
    const square = synchformerSquare(picture);
    const pixels = synchformerPixels(new Array(16).fill(square), 0, 1);
    computed[`sync.${name}`] = { shape: [3, syncSize, syncSize], data: pixels.slice(0, 3 * syncSize * syncSize) };
  }
  return compareAll(golden, computed);
}

/** Bytes as planes of 0 to 1. */
function planes(bytes: Uint8Array, side: number): Numbers {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) data[(i % 3) * side * side + Math.floor(i / 3)] = (bytes[i] as number) / 255;
  return { shape: [3, side, side], data };
}

/** The picture that the case describes by a formula. */
function patterned(golden: GoldenCase, name: string, [height, width]: readonly [number, number, number]): Uint8Array {
  const noise = golden.input(name).data;
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const base = [(7 * x + 3 * y) % 256, (x * y) % 256, ((Math.floor(x / 5) + Math.floor(y / 7)) % 2) * 200 + 20];
    return Math.min(255, Math.max(0, (base[i % 3] as number) + Math.floor(noise[i] as number)));
  });
}
