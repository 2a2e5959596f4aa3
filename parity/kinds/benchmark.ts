/**
 * A whole benchmark of av-benchmark: sounds by the synthesiser, through the front-ends and the networks of releases beside the case, to
 * the table that it prints; and the same table from the features that it kept.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Comparison,
  compare,
  formula,
  type GoldenCase,
  type Limits,
  numbers,
  type Synth,
  seedOf,
  synthesise,
  wavFile,
} from "@foley-control/golden";
import {
  type ClipFeatures,
  desync,
  desyncGrid,
  fdPanns,
  fdPasst,
  fdVgg,
  ibScore,
  imagebindNetwork,
  inceptionScore,
  iscPanns,
  iscPasst,
  klPanns,
  klPasst,
  type NetworkDescriptor,
  type NetworkSource,
  networkFeatures,
  type PairFeatures,
  pannsNetwork,
  passtNetwork,
  type Rows,
  type Sound,
  synchformerNetwork,
  vggishNetwork,
} from "@foley-control/metrics";
import { openCheckpoint } from "@foley-control/weights/node";
import { runtime } from "../runtime.js";

interface SoundFile {
  readonly sampleRate: number;
  readonly n: number;
  readonly channels: readonly Pick<Synth, "seed" | "kind">[];
  readonly gainShift: number;
  readonly sha256: string;
}

/** Whether a case is of this kind. */
export const isBenchmark = ({ file }: GoldenCase): boolean =>
  Array.isArray(file["gtOrder"]) && Array.isArray(file["predOrder"]) && file["expected"] !== undefined;

/** The table from the features, then, when the releases lie where the case says, from the sounds. */
export async function checkBenchmark(golden: GoldenCase): Promise<readonly Comparison[]> {
  return [...checkTable(golden, "from features", storedFeatures(golden)), ...(await checkSounds(golden))];
}

/** Names that av-benchmark keeps features under, and ours. */
const FEATURES: Readonly<Record<string, string>> = {
  "panns.2048": "panns",
  "panns.logits": "panns-logits",
  vggish: "vggish",
  "passt.features": "passt",
  "passt.logits": "passt-logits",
  imagebind_audio: "imagebind",
};
const SIDES = { gt: "reference", pred: "generated" } as const;

/** All clips of both sides in the order of their names, with what the case says about each. */
function clipsOf({ file }: GoldenCase): readonly string[] {
  return [...new Set([...(file["gtOrder"] as string[]), ...(file["predOrder"] as string[])])].sort();
}

/** Features as av-benchmark kept them; what it saw and the offsets are stated by the case. */
function storedFeatures(golden: GoldenCase): readonly ClipFeatures[] {
  const { file } = golden;
  return clipsOf(golden).map((name) => {
    const features: Record<string, Rows> = {};
    for (const [side, ours] of Object.entries(SIDES)) {
      const at = (file[`${side}Order`] as string[]).indexOf(name);
      for (const [key, feature] of Object.entries(FEATURES)) {
        if (at < 0 || !golden.has(`${side}.${key}`)) continue;
        const { shape, data } = golden.stored(`${side}.${key}`);
        const width = shape.at(-1) as number;
        const size = data.length / (shape[0] as number);
        features[`${ours}/${feature}`] = { count: size / width, width, data: data.subarray(at * size, (at + 1) * size) };
      }
    }
    const pair = (file["paired"] as string[]).indexOf(name);
    if (pair >= 0) {
      features["video/imagebind"] = videoFeature(golden, "imagebind_video", name);
      const classes = file["desyncClasses"] as number[];
      const windows = classes.length / (file["paired"] as string[]).length;
      features["pair/synchformer"] = oneHot(classes.slice(windows * pair, windows * (pair + 1)));
    }
    return { name, features };
  });
}

/** What the case says that a network saw, by its formula. */
function videoFeature({ file }: GoldenCase, key: string, clip: string): Rows {
  const entry = file.config.videoFeatures[`${key}.<stem>`];
  const name = `input:${key}.${clip}`;
  const data = formula(name, entry, seedOf(name, entry, file));
  const count = entry.shape.length > 1 ? entry.shape[0] : 1;
  return { count, width: data.length / count, data };
}

/** Logits of which the argument of the maximum is given. */
function oneHot(classes: readonly number[]): Rows {
  const width = desyncGrid().length;
  const data = new Float64Array(classes.length * width);
  for (const [row, index] of classes.entries()) data[row * width + index] = 1;
  return { count: classes.length, width, data };
}

/** Every number that av-benchmark prints, within the tolerance that the case states. */
function checkTable(golden: GoldenCase, from: string, clips: readonly ClipFeatures[]): readonly Comparison[] {
  const paired = clips.filter(({ features }) => features["reference/passt"] && features["generated/passt"]);
  const deviation = (inputs: readonly ClipFeatures[], feature: string): number => {
    const rows = inputs.flatMap(({ features }) => features[feature] ?? []);
    const width = rows[0]?.width as number;
    const data = Float64Array.from(rows.flatMap((row) => [...row.data]));
    return inceptionScore({ count: rows.length, width, data }).deviation;
  };
  const computed: Readonly<Record<string, number>> = {
    "FD-VGG": fdVgg.compute(clips),
    "FD-PANN": fdPanns.compute(clips),
    "FD-PASST": fdPasst.compute(clips),
    "KL-PANNS-softmax": klPanns.compute(clips),
    "KL-PASST-softmax": klPasst.compute(clips),
    "ISC-PANNS-mean": iscPanns.compute(clips),
    "ISC-PANNS-std": deviation(clips, "generated/panns-logits"),
    "ISC-PASST-mean": iscPasst.compute(clips),
    "ISC-PASST-std": deviation(paired, "generated/passt-logits"),
    "IB-Score": ibScore.compute(clips),
    DeSync: desync.compute(clips),
  };
  const relative = golden.file.tolerance["relative"] as Readonly<Record<string, number>>;
  return Object.entries(golden.file["expected"] as Record<string, number>).map(([key, expected]) => {
    // Offsets come in steps of 0.2 s: equal when every class is.
    const limits: Limits = { maxAbs: key in relative ? Math.abs(expected) * (relative[key] as number) : 1e-6 };
    return compare(`${key} ${from}`, numbers([computed[key] ?? Number.NaN]), numbers([expected]), limits);
  });
}

/** Everything again from the sounds: files, features, table. Without the releases beside the case there is nothing to run. */
async function checkSounds(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { file, folder } = golden;
  const { config } = file;
  const beside = join(folder, (config.checkpoints as string).replace(/\/?\*.*$/, ""));
  if (!existsSync(beside)) return [];
  const open = async (network: NetworkDescriptor, heads?: NetworkSource["heads"]) => {
    const [{ file: name, checkpoint }] = network.releases;
    const path = join(beside, (config.checkpoints as string).replace(/^.*\*/, network.name), name);
    return network.open({ weights: await openCheckpoint(path, checkpoint), heads });
  };
  const seconds = config.audioLength as number;
  const networks = [
    await open(vggishNetwork),
    await open(pannsNetwork),
    await open(passtNetwork, { sound: config.passt.heads }),
    await open(imagebindNetwork, { video: config.imagebind.v.at(-1), sound: config.imagebind.au.at(-1) }),
    await open(synchformerNetwork, { video: config.synchformer.vheads, sound: config.synchformer.aheads }),
  ];
  const { hear: hearing, join: joining } = networkFeatures(networks, { runtime, seconds });
  const [judge] = joining as readonly [PairFeatures];
  const found: Comparison[] = [];
  const clips = new Map(clipsOf(golden).map((name) => [name, {} as Record<string, Rows>]));
  try {
    for (const [side, ours] of Object.entries(SIDES))
      for (const [name, described] of Object.entries(file["files"][side] as Record<string, SoundFile>)) {
        const { sound, bytes } = fileOf(described);
        const digest = [...createHash("sha256").update(bytes).digest()];
        const expected = numbers([...Buffer.from(described.sha256, "hex")]);
        found.push(compare(`${side}/${name}`, numbers(digest), expected, { maxAbs: 0 }));
        const features = clips.get(name.replace(/\.\w+$/, "")) as Record<string, Rows>;
        for (const network of hearing) {
          // What only goes with a picture is not taken of the ground truth.
          if (side === "gt" && network.makes.some((feature) => feature === "imagebind" || feature === "synchformer")) continue;
          for (const [feature, rows] of Object.entries(await network.compute(sound))) features[`${ours}/${feature}`] = rows;
        }
      }
    for (const name of file["paired"] as string[]) {
      const features = clips.get(name) as Record<string, Rows>;
      features["video/imagebind"] = videoFeature(golden, "imagebind_video", name);
      const seen = videoFeature(golden, "synchformer_video", name);
      features["pair/synchformer"] = (await judge.compute([seen, features["generated/synchformer"] as Rows]))[
        "synchformer"
      ] as Rows;
    }
  } finally {
    await Promise.all([...hearing, judge].map((one) => one.dispose()));
  }
  const made = [...clips].map(([name, features]) => ({ name, features }));
  return [...found, ...checkTable(golden, "from sounds", made)];
}

/** A sound and the file that it is written to. */
function fileOf({ sampleRate, n, channels, gainShift }: SoundFile): { readonly sound: Sound; readonly bytes: Uint8Array } {
  const samples = channels.map((channel) => synthesise({ sampleRate, n, ...channel }).map((sample) => sample >> gainShift));
  return {
    sound: { sampleRate, channels: samples.map((one) => Float32Array.from(one, (sample) => sample / 32768)) },
    bytes: wavFile(samples, sampleRate),
  };
}
