/** The audio networks of the metrics: every stage, embedding and logit, from releases in their own containers or weights by formula. */

import type { GraphValue } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers, numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { ops } from "@foley-control/graph";
import {
  type AUDIOBOX_AXES,
  audiobox,
  audioboxNetwork,
  audioboxScores,
  audioboxTransform,
  audioboxWindows,
  CLAP_MEL,
  decibelMel,
  laionClapAudio,
  laionClapNetwork,
  laionClapText,
  type MetricNetwork,
  MS_CLAP_MEL,
  msClapAudio,
  msClapNetwork,
  msClapText,
  PANNS_MEL,
  panns,
  pannsNetwork,
  passt,
  passtMel,
  passtNetwork,
  vggish,
  vggishMel,
  vggishNetwork,
} from "@foley-control/metrics";
import { openPytorch } from "@foley-control/weights/node";
import { throughFrontEnd } from "../front-ends.js";
import { releasedWeights, runStages, type Stage } from "../networks.js";

/** What a network of this kind is told by, and how its outputs are computed. */
interface AudioNetwork {
  /** An output that no other network has. */
  readonly told: string;
  readonly run: (golden: GoldenCase) => Promise<Record<string, Numbers>>;
}

const networks: readonly AudioNetwork[] = [
  { told: "examples", run: runVggish },
  { told: "embedding2048", run: runPanns },
  { told: "stage.patch_embed", run: runPasst },
  { told: "stage.audio_branch.patch_embed", run: runLaionClap },
  { told: "stage.audio_encoder.base.htsat.patch_embed", run: runMsClap },
  { told: "stage.wavlm_model.feature_extractor", run: runAudiobox },
];

const networkOf = ({ file }: GoldenCase) =>
  networks.find(({ told }) => file.inputs?.["wave"] !== undefined && file.outputs?.[told] !== undefined);

/** Whether a case is of this kind. */
export const isAudioNetwork = (golden: GoldenCase): boolean => networkOf(golden) !== undefined;

/** Every output of the case. */
export async function checkAudioNetwork(golden: GoldenCase): Promise<readonly Comparison[]> {
  return compareAll(golden, await (networkOf(golden) as AudioNetwork).run(golden));
}

/** Outputs of the case that are stages of the network, without the word. */
const stagesOf = ({ file }: GoldenCase): readonly string[] =>
  Object.keys(file.outputs).flatMap((name) => /^stage\.(.*)$/.exec(name)?.[1] ?? []);

async function runVggish(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = throughFrontEnd(golden.input("wave"), vggishMel);
  const network = vggish(await releasedWeights(golden, vggishNetwork));
  const found = await runStages(network, { batch: mel.shape[0] as number }, { mel }, { "stage.features": ["features"] });
  return { ...found, examples: mel };
}

async function runPanns(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = throughFrontEnd(golden.input("wave"), (samples) => decibelMel(samples, PANNS_MEL));
  const [batch, , frames] = mel.shape as readonly [number, number, number];
  const network = panns(await releasedWeights(golden, pannsNetwork));
  const blocks = stagesOf(golden).filter((name) => name.startsWith("conv_block"));
  const found = await runStages(
    network,
    { batch, frames },
    { mel },
    {
      ...Object.fromEntries(blocks.map((name): [string, Stage] => [`stage.${name}`, [name]])),
      "stage.bn0": ["bn0", (value) => ops.transpose(value, [0, 3, 2, 1])],
      embedding2048: ["features"],
    },
  );
  return { ...found, "stage.logmel_extractor": mel };
}

async function runPasst(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = throughFrontEnd(golden.input("wave"), passtMel);
  const network = passt(await releasedWeights(golden, passtNetwork), { sound: golden.file.config.heads });
  const classTokens = (value: GraphValue) => ops.slice(value, 1, 0, 2);
  const stages = stagesOf(golden).map((name): [string, Stage] => {
    const label = name.replace(/\.tokens01$/, "");
    return [`stage.${name}`, label === name ? [label] : [label, classTokens]];
  });
  const found = await runStages(
    network,
    { batch: mel.shape[0] as number, frames: mel.shape[3] as number },
    { mel },
    Object.fromEntries(stages),
  );
  return { ...found, mel };
}

async function runAudiobox(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const { wave, valid, weights } = audioboxWindows(golden.input("wave").data);
  const windows = weights.length;
  const feeds = {
    wave: { shape: [windows, wave.length / windows], data: wave },
    valid: { shape: [windows, valid.length / windows], data: valid },
  };
  const network = audiobox(await releasedWeights(golden, audioboxNetwork), { sound: golden.file.config.heads });
  const stages = stagesOf(golden).map((name): [string, Stage] => [
    `stage.${name}`,
    // PyTorch's blocks have time first.
    name.includes(".layers.") ? [name, (value) => ops.transpose(value, [1, 0, 2])] : [name],
  ]);
  const found = await runStages(network, { batch: windows }, feeds, Object.fromEntries(stages));
  const file = golden.file["checkpoint"] as string | undefined;
  const stated = file === undefined ? golden.file.config : (await openPytorch(besideCase(golden, file))).root;
  const scores = audioboxScores((found["raw"] as Numbers).data, weights, audioboxTransform(stated));
  return { ...found, scores: numbers((golden.file.config.axes as typeof AUDIOBOX_AXES).map((axis) => scores[axis])) };
}

async function runLaionClap(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = throughFrontEnd(golden.input("wave"), (samples) => decibelMel(samples, CLAP_MEL));
  const weights = await releasedWeights(golden, laionClapNetwork);
  const sounds = await runStages(
    laionClapAudio(weights),
    { batch: mel.shape[0] as number, frames: mel.shape[2] as number },
    { mel },
    {
      ...htsatStages(golden),
      audioEmbeddingRaw: ["raw"],
      audioProjected: ["projected"],
      audioEmbedding: ["embedding"],
    },
  );
  const texts = await runTexts(golden, (text) => laionClapText(weights, { text }), {
    textHidden: ["hidden"],
    textPooled: ["pooled"],
    textEmbedding: ["embedding"],
  });
  return { ...sounds, "stage.audio_branch.logmel_extractor": mel, ...texts };
}

async function runMsClap(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = throughFrontEnd(golden.input("wave"), (samples) => decibelMel(samples, MS_CLAP_MEL));
  const weights = await releasedWeights(golden, msClapNetwork);
  const sounds = await runStages(
    msClapAudio(weights),
    { batch: mel.shape[0] as number, frames: mel.shape[2] as number },
    { mel },
    { ...htsatStages(golden), audioEmbeddingRaw: ["raw"], audioEmbedding: ["embedding"] },
  );
  const [rows] = (golden.file.outputs["textRows"]?.shape ?? [0]) as readonly [number];
  const texts = await runTexts(golden, (text) => msClapText(weights, { text }), {
    textRows: ["hidden", (value) => ops.slice(ops.reshape(value, [-1, value.shape[2] as number]), 0, 0, rows)],
    textEmbedding: ["embedding"],
  });
  return { ...sounds, "stage.audio_encoder.base.htsat.logmel_extractor": mel, ...texts };
}

/** Stages of HTSAT in the graph; the front-end is outside it, and PyTorch's norm of bands has channels first. */
function htsatStages(golden: GoldenCase): Record<string, Stage> {
  const channelsFirst = (value: GraphValue) => ops.transpose(value, [0, 3, 2, 1]);
  const inside = stagesOf(golden).filter((name) => !name.endsWith(".logmel_extractor"));
  return Object.fromEntries(
    inside.map((name): [string, Stage] => [`stage.${name}`, name.endsWith(".bn0") ? [name, channelsFirst] : [name]]),
  );
}

/** Cases with texts state their ids and masks. */
async function runTexts(
  golden: GoldenCase,
  network: (heads: number) => MetricNetwork,
  stages: Readonly<Record<string, Stage>>,
): Promise<Record<string, Numbers>> {
  const tokens = golden.file.inputs["tokens"] as { readonly ids: number[][]; readonly mask: number[][] } | undefined;
  if (!tokens) return {};
  const shape = [tokens.ids.length, (tokens.ids[0] as number[]).length];
  const reads = network(golden.file.config.text[2] as number);
  const feeds = {
    ids: { dtype: "int64", shape, data: BigInt64Array.from(tokens.ids.flat(), BigInt) },
    mask: { shape, data: Float32Array.from(tokens.mask.flat()) },
  } as const;
  const wanted = reads.graph({}).inputs.map(({ name }) => name as keyof typeof feeds);
  return runStages(reads, { batch: tokens.ids.length }, Object.fromEntries(wanted.map((name) => [name, feeds[name]])), stages);
}
