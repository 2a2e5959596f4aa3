/** The statistics behind the metrics, in float64: distances, divergences, scores, permutations, onsets, names. */

import { crc32 } from "node:zlib";
import {
  type Comparison,
  compare,
  type Formula,
  formula,
  type GoldenCase,
  type Limits,
  numbers,
  type Seeded,
  seedOf,
  synthesise,
  verdict,
  wavFile,
} from "@foley-control/golden";
import {
  cleanSampleName,
  cosines,
  desyncClasses,
  desyncGrid,
  desyncOffsets,
  desyncWindows,
  envelopeLag,
  frechetDistance,
  frechetDistanceOfMoments,
  inceptionScore,
  kernelAudioDistance,
  kernelInceptionDistance,
  kernelInceptionDistanceOfSubsets,
  meanOfClips,
  onsetAgreement,
  type Rows,
  randomState,
  rowsOf,
  softmaxDivergences,
} from "@foley-control/metrics";

// biome-ignore lint/suspicious/noExplicitAny: every kind of statistic has its own inputs and outputs.
type Anything = any;

interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly inputs: Anything;
  readonly expected: Readonly<Record<string, Anything>>;
  readonly tolerance: "exact" | Readonly<Record<string, Anything>>;
}

/** Whether a case is of this kind. */
export const isMetricMaths = ({ file }: GoldenCase): boolean =>
  Array.isArray(file["cases"]) && file["cases"].every((entry) => typeof entry?.kind === "string" && "expected" in entry);

/** Every entry of the list. */
export function checkMetricMaths(golden: GoldenCase): readonly Comparison[] {
  return (golden.file["cases"] as readonly Entry[]).flatMap((entry) => {
    const statistic = statistics[entry.kind];
    const label = `${entry.kind} ${entry.name}`;
    if (!statistic) return [verdict(label, "a statistic of no known kind")];
    const computed = statistic(withSeeds(entry.inputs, golden.file), entry.expected);
    return Object.entries(entry.expected).flatMap(([key, expected]) => {
      // What no tolerance is stated for is a step on the way, or what another program prints, which counts only where it is stated.
      if (!isStated(entry, key) && (!(key in computed) || PRINTED_ELSEWHERE.has(key))) return [];
      if (!(key in computed)) return [verdict(`${label}: ${key}`, "not computed")];
      return checkValue(`${label}: ${key}`, computed[key], expected, limitsFor(entry, key));
    });
  });
}

/** Readings of other programs, within the error of their own float32. */
const PRINTED_ELSEWHERE = new Set(["scipySqrtm", "klFloat32Reference", "referenceCode"]);

const isStated = ({ tolerance }: Entry, key: string): boolean =>
  tolerance === "exact" || key in tolerance || typeof tolerance["abs"] === "number";

function limitsFor({ tolerance }: Entry, key: string): { readonly abs: number; readonly rel: number } {
  if (tolerance === "exact") return { abs: 0, rel: 0 };
  const own = tolerance[key] ?? (typeof tolerance["abs"] === "number" ? tolerance : undefined);
  // Values without a limit of their own are steps on the way to those that have one.
  return own ? { abs: own.abs ?? 0, rel: own.rel ?? 0 } : { abs: 1e-9, rel: 1e-9 };
}

function checkValue(
  label: string,
  mine: unknown,
  expected: unknown,
  limits: { readonly abs: number; readonly rel: number },
): readonly Comparison[] {
  if (typeof expected === "string") return [same(label, String(mine), expected)];
  if (Array.isArray(expected) && typeof expected.flat(9)[0] === "string")
    return [same(label, JSON.stringify(mine), JSON.stringify(expected))];
  if (typeof expected === "object" && expected !== null && !Array.isArray(expected))
    return Object.entries(expected).flatMap(([key, value]) =>
      checkValue(`${label} ${key}`, (mine as Anything)?.[key], value, limits),
    );
  const [a, b] = [mine, expected].map((value) => numbers([value].flat(9).map((x) => (x === null ? Number.NaN : Number(x)))));
  if (!a || !b) return [];
  let largest = 0;
  for (const x of b.data) largest = Math.max(largest, Math.abs(x));
  return [compare(label, a, b, { maxAbs: Math.max(limits.abs, limits.rel * largest) } satisfies Limits)];
}

const same = (label: string, mine: string, expected: string): Comparison =>
  verdict(label, mine === expected ? undefined : `${mine}, expected ${expected}`);

/** What an entry describes, with the case's seed for every formula that has none of its own. */
function withSeeds(described: Anything, seeded: Seeded): Anything {
  if (typeof described !== "object" || described === null) return described;
  if (Array.isArray(described))
    return typeof described[0] === "object" ? described.map((one) => withSeeds(one, seeded)) : described;
  const made = Object.fromEntries(Object.entries(described).map(([key, value]) => [key, withSeeds(value, seeded)]));
  return "amp" in made ? { ...made, seed: seedOf(String(made["name"]), made, seeded) } : made;
}

/** Rows that an entry describes: lists, a formula, or a product of formulas with an offset, perhaps without its negative part. */
function rowsFrom(described: Anything, before?: Rows): Rows {
  if (Array.isArray(described)) return rowsOf(described);
  if (described.shape !== undefined) {
    const { shape } = described as Formula;
    return { count: shape[0] as number, width: shape.at(-1) as number, data: values(described) };
  }
  if (described.X !== undefined) return mapped(rowsFrom(described.X), (x) => Math.max(0, x));
  if (described.shift !== undefined && before) return mapped(before, (x) => x + described.shift);
  const [u, a] = [rowsFrom(described.U), rowsFrom(described.A)];
  const data = new Float32Array(u.count * a.width);
  for (let i = 0; i < u.count; i++)
    for (let j = 0; j < a.width; j++) {
      let sum = 0;
      for (let k = 0; k < u.width; k++) sum += (u.data[i * u.width + k] as number) * (a.data[k * a.width + j] as number);
      data[i * a.width + j] = sum + (described.offset ?? 0);
    }
  return { count: u.count, width: a.width, data };
}

const values = (described: Anything) => formula(described.name, described, described.seed);
const mapped = ({ count, width, data }: Rows, change: (x: number) => number): Rows => ({
  count,
  width,
  data: Float32Array.from(data, change),
});
const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((sum, x) => sum + x, 0) / list.length;
const bytesOf = (list: Uint32Array | Int16Array) => new Uint8Array(list.buffer, list.byteOffset, list.byteLength);

/** Logits of several windows per item, flattened to one row per window. */
function windowRows(logits: Anything): { readonly rows: Rows; readonly windows: number } {
  if (Array.isArray(logits)) return { rows: rowsOf(logits.flat(1)), windows: logits[0].length };
  const [items, windows, width] = logits.shape as [number, number, number];
  return { rows: { count: items * windows, width, data: values(logits) }, windows };
}

function grouped<T>(list: Iterable<T>, size: number): T[][] {
  const all = [...list];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Values of which a case lists the first few, under a name that ends with how many: `first16`. */
const firstOf = (name: string, values: ArrayLike<number>, expected: Anything) =>
  Object.fromEntries(
    Object.keys(expected)
      .filter((key) => key.startsWith(name) && /^\d+$/.test(key.slice(name.length)))
      .map((key) => [key, Array.from(values).slice(0, Number(key.slice(name.length)))]),
  );

const statistics: Readonly<Record<string, (inputs: Anything, expected: Anything) => Readonly<Record<string, unknown>>>> = {
  frechet({ pred, gt }) {
    const a = rowsFrom(pred);
    const fd = frechetDistance(a, rowsFrom(gt, a));
    // What av-benchmark prints is the same quantity, within the error of its float32 means and its root.
    return { fd, scipySqrtm: fd };
  },
  "frechet-stats": ({ mu1, sigma1, mu2, sigma2 }) => ({
    fd: frechetDistanceOfMoments({ mean: mu1, covariance: sigma1.flat() }, { mean: mu2, covariance: sigma2.flat() }),
  }),
  "kl-softmax"({ gtLogits, predLogits }, expected) {
    const rows = softmaxDivergences(rowsFrom(gtLogits), rowsFrom(predLogits));
    return { kl: mean(rows), klFloat32Reference: mean(rows), ...firstOf("perRowFirst", rows, expected) };
  },
  isc({ logits, splits, shuffle, rngSeed }) {
    const { mean: average, deviation } = inceptionScore(rowsFrom(logits), { splits, seed: shuffle ? rngSeed : undefined });
    return { mean: average, std: deviation };
  },
  permutation({ seed, n }, { first, last }) {
    const order = randomState(seed).permutation(n);
    return {
      first: [...order.subarray(0, first?.length)],
      last: [...order.subarray(-last?.length)],
      crc32: crc32(bytesOf(order)),
    };
  },
  mt19937({ seed }, { uint32 }) {
    const state = randomState(seed);
    return { uint32: Array.from({ length: uint32.length }, () => state.uint32()) };
  },
  "ib-score"({ videoClips, audioClips }) {
    const averaged = [videoClips, audioClips].map((clips) => {
      const [items, perItem, width] = clips.shape as [number, number, number];
      return meanOfClips({ count: items * perItem, width, data: values(clips) }, perItem);
    }) as [Rows, Rows];
    const perItem = cosines(...averaged);
    return { perItem: [...perItem], score: mean(perItem) };
  },
  cosine({ a, b }) {
    const perItem = cosines(rowsFrom(a), rowsFrom(b));
    return { perItem: [...perItem], mean: mean(perItem) };
  },
  desync({ logits }) {
    const { rows, windows } = windowRows(logits);
    const offsets = desyncOffsets(rows);
    return {
      classes: grouped(desyncClasses(rows), windows),
      perWindowSeconds: grouped(offsets, windows),
      desync: mean(offsets),
    };
  },
  "desync-grid": () => ({ grid: [...desyncGrid()] }),
  "desync-windows"({ seconds }) {
    const { segments, audioSegments, first, last } = desyncWindows(seconds);
    return { segments, audioSegments, firstWindow: first, lastWindow: last };
  },
  kid({ x, y, degree, coef0, gamma, subsets, subsetSize, rngSeed }) {
    const options = { degree, offset: coef0, ...(typeof gamma === "number" && { gamma }) };
    const [a, b] = [rowsFrom(x), rowsFrom(y)];
    if (subsets === undefined) return { mmd2: kernelInceptionDistance(a, b, options) };
    const score = kernelInceptionDistanceOfSubsets(a, b, { ...options, subsets, subsetSize, seed: rngSeed });
    return { mean: score.mean, std: score.deviation };
  },
  kad({ evaluated, reference }) {
    const { distance, bandwidth } = kernelAudioDistance(rowsFrom(evaluated), rowsFrom(reference));
    return { bandwidth, kad: distance, referenceCode: distance };
  },
  "onset-prf": ({ gt, pred }, expected) =>
    Object.fromEntries(Object.keys(expected).map((key) => [key, onsetAgreement(pred, gt, Number(key))])),
  "envelope-lag"({ gt, pred, window, hop, maxLagFrames }) {
    const sampleRate = gt.synth.sampleRate as number;
    const truth = Float32Array.from(synthesise(gt.synth), (x) => x / 32768);
    const late = new Float32Array(truth.length);
    const from = Math.max(0, -pred.shift);
    late.set(truth.subarray(from, Math.min(truth.length, truth.length - pred.shift)), Math.max(0, pred.shift));
    const options = { windowSeconds: window / sampleRate, hopSeconds: hop / sampleRate };
    const lag = envelopeLag(late, truth, sampleRate, { ...options, maximumSeconds: maxLagFrames * options.hopSeconds });
    const frames = Math.round(lag.seconds / options.hopSeconds);
    return { lagFrames: frames, lagSeconds: lag.seconds, peak: lag.peak, corrAtZero: lag.atZero };
  },
  "clean-sample-name": ({ names }) => ({ clean: (names as string[]).map(cleanSampleName) }),
  synth({ synth }, expected) {
    const samples = synthesise(synth);
    return {
      ...firstOf("first", samples, expected),
      crc32WavFile: crc32(wavFile([samples], synth.sampleRate)),
      at: samples,
      crc32Pcm: crc32(bytesOf(samples)),
    };
  },
  formula: (described) => ({ values: [...values(described)] }),
};
