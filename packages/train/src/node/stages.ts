/**
 * The stages that make the embedded default, in order: the codec's components, latents, denoiser, the codec's sharpening, video
 * encoder, video tokens, bridge. Each is a resumable run in a folder of its own; a later stage reads the weights that the
 * earlier ones wrote.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  SMALL_CODEC,
  type SmallBackboneConfig,
  smallBackbone,
  smallBackboneConfig,
  smallCodecEncodeGraph,
} from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeConfig, initialiseBridge } from "@foley-control/bridge";
import {
  createRandom,
  FoleyError,
  memoryParameters,
  normalArray,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import { CAPTION_VOCABULARY, SCENE_CLASSES } from "@foley-control/scenes";
import { SMALL_IMAGE_SIZE, SMALL_VIDEO_ENCODER, STEM_EMBEDDING, smallVideoEncoder } from "@foley-control/video-encoder";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import type { CurationRule } from "../data/rules.js";
import type { TrainingClips } from "../data/training-clips.js";
import { initialise } from "../initialise.js";
import { stratifiedTimes } from "../objective.js";
import { codecBatch, videoEncoderBatch, videoEncoderScenes } from "../scene-batches.js";
import { cosineWithWarmUp } from "../schedule.js";
import { bridgeLoss } from "../stages/bridge.js";
import { codecLoss, isSharpening } from "../stages/codec.js";
import { denoiserLoss } from "../stages/denoiser.js";
import { placeSize, tubeletBasis, videoEncoderLoss } from "../stages/video-encoder.js";
import { drawTimes, type TimeSampling } from "../times.js";
import { createTrainer, type StepReport } from "../trainer.js";
import { readTensors } from "./checkpoint.js";
import { openDataset, type PrepareOptions, prepareLatents, prepareVideoTokens, type SceneDataset } from "./dataset.js";
import { fitComponents } from "./fit-components.js";
import { runTraining } from "./loop.js";
import { openPreparedDataset } from "./prepare/prepared-dataset.js";
import { trainingClips } from "./prepare/training-clips.js";

/** Stages in order. */
export const STAGES = ["components", "latents", "denoiser", "codec", "video-encoder", "video-tokens", "bridge"] as const;
/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** Sizes of a training; the defaults made the model that ships. */
export interface TrainingPlan {
  /** Seed of everything that is drawn. */
  readonly seed: number;
  /** Clips from which the codec's principal components are found. */
  readonly components: { readonly clips: number };
  /** Steps, batch size, latent frames per example and highest learning rate of the codec. */
  readonly codec: { readonly steps: number; readonly batch: number; readonly frames: number; readonly peak: number };
  /** Steps, batch size and highest learning rate of the video encoder. */
  readonly videoEncoder: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    readonly restarts?: readonly number[];
  };
  /** Scenes of the prepared dataset, and how many go into one file. */
  readonly dataset: { readonly scenes: number; readonly shard: number };
  /** Steps, batch size and highest learning rate of the denoiser. */
  readonly denoiser: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    readonly restarts?: readonly number[];
  };
  /** Steps, batch size and highest learning rate of the bridge. */
  readonly bridge: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    /** How times are drawn. Default: one from each of `batch` equal stretches. */
    readonly times?: TimeSampling;
    /** Share of captions, tokens and clips that a bridge does not see. Default {@link BRIDGE_DROP}. */
    readonly drop?: { readonly text?: number; readonly tokens?: number; readonly clips?: number };
  };
}

/** The plan of the model that ships. */
export const DEFAULT_PLAN: TrainingPlan = {
  seed: 1,
  components: { clips: 512 },
  codec: { steps: 1500, batch: 6, frames: 48, peak: 1.5e-3 },
  videoEncoder: { steps: 7000, batch: 8, peak: 2e-3, restarts: [2200] },
  dataset: { scenes: 9216, shard: 512 },
  denoiser: { steps: 4500, batch: 32, peak: 1.5e-3, restarts: [2100] },
  bridge: { steps: 3300, batch: 32, peak: 1.5e-3 },
};

/** Options of {@link runStage}. */
export interface StageOptions {
  /** Folder of the whole training; every stage has a subfolder. */
  readonly directory: string;
  /** Sizes of the training. Default {@link DEFAULT_PLAN}. */
  readonly plan?: TrainingPlan;
  /**
   * The bridge is trained on this: folders of `prepareDataset`, made with the codec, text encoder and video encoder of this training, and which of their
   * clips. Default: the scenes of the stages before.
   */
  readonly prepared?: { readonly directories: readonly string[]; readonly rules?: readonly CurationRule[] } | undefined;
  /** Stops between steps; running the stage again continues. */
  readonly signal?: AbortSignal | undefined;
  /** Hears log lines of a training, or how much of a preparation is done. */
  readonly onProgress?: (
    stage: Stage,
    report:
      | (StepReport & { readonly stepsPerSecond: number; readonly steps: number })
      | { readonly done: number; readonly total: number },
  ) => void;
}

/** Latents of a four-second clip. */
export const CLIP_SECONDS = 4;
const hop = SMALL_CODEC.frameHop * SMALL_CODEC.framesPerLatent;
/** Latent frames that cover a clip. */
export const CLIP_FRAMES = Math.ceil((CLIP_SECONDS * SMALL_CODEC.sampleRate) / hop);

const weightsFile = (directory: string, stage: Stage) => join(directory, stage, "weights.safetensors");

/** Weights that a finished stage wrote. */
export async function stageWeights(
  directory: string,
  stage: Stage,
): Promise<{ readonly source: ParameterSource; readonly tensors: Readonly<Record<string, PlainTensor<"float32">>> }> {
  const path = weightsFile(directory, stage);
  if (!existsSync(path))
    throw new FoleyError("invalid-argument", `The stage "${stage}" has not finished: ${path} is missing.`, {
      hint: `Run it first: foley train ${stage}.`,
    });
  const { tensors } = await readTensors(path);
  return { source: memoryParameters(tensors), tensors };
}

/** The backbone's configuration for the words of the scenes. */
export const sceneBackboneConfig = (): SmallBackboneConfig => smallBackboneConfig(CAPTION_VOCABULARY);

/** Runs or continues one stage; returns whether it reached its end. */
export async function runStage(stage: Stage, runtime: Runtime, options: StageOptions): Promise<boolean> {
  const plan = options.plan ?? DEFAULT_PLAN;
  const context: StageContext = { runtime, plan, options, directory: join(options.directory, stage) };
  switch (stage) {
    case "components":
      return fitCodec(context);
    case "codec":
      return trainCodec(context);
    case "video-encoder":
      return trainVideoEncoder(context);
    case "latents":
      return makeLatents(context);
    case "video-tokens":
      return makeVideoTokens(context);
    case "denoiser":
      return trainDenoiser(context);
    case "bridge":
      return trainBridge(context);
  }
}

interface StageContext {
  readonly runtime: Runtime;
  readonly plan: TrainingPlan;
  readonly options: StageOptions;
  readonly directory: string;
}

const reporter =
  (stage: Stage, steps: number, options: StageOptions) => (report: StepReport & { readonly stepsPerSecond: number }) =>
    options.onProgress?.(stage, { ...report, steps });

async function fitCodec({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const file = weightsFile(options.directory, "components");
  if (existsSync(file)) return true;
  await mkdir(directory, { recursive: true });
  await writeSafetensorsFile(
    file,
    await fitComponents(runtime, SMALL_CODEC, { seed: plan.seed, clips: plan.components.clips, frames: CLIP_FRAMES - 1 }),
  );
  return true;
}

async function trainCodec({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { steps, batch, frames, peak } = plan.codec;
  const components = await stageWeights(options.directory, "components");
  const source = codecLoss(SMALL_CODEC, batch, frames);
  const trainer = await createTrainer(runtime, source, initialise(source, plan.seed, isSharpening), {
    frozen: components.source,
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 100 }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    directory,
    fingerprint: JSON.stringify({ stage: "codec", config: SMALL_CODEC, ...plan.codec, seed: plan.seed }),
    batch: async (step) =>
      codecBatch(step, { seed: plan.seed, batch, samples: frames * hop, sampleRate: SMALL_CODEC.sampleRate }),
    signal: options.signal,
    onProgress: reporter("codec", steps, options),
  });
  if (ended)
    await writeSafetensorsFile(weightsFile(options.directory, "codec"), {
      ...components.tensors,
      ...trainer.parameters("average"),
    });
  await trainer.dispose();
  return ended;
}

async function trainVideoEncoder({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { steps, batch, peak, restarts = [] } = plan.videoEncoder;
  const { normalisation } = smallVideoEncoder(memoryParameters({}));
  const source = videoEncoderLoss(SMALL_VIDEO_ENCODER, normalisation, {
    batch,
    frames: 64,
    imageSize: SMALL_IMAGE_SIZE,
    classes: SCENE_CLASSES.length,
  });
  const start = initialise(source, plan.seed);
  const { stem, tubeletSize, hiddenSize } = SMALL_VIDEO_ENCODER;
  const embedding = stem ? STEM_EMBEDDING : "encoder.embeddings.patch_embeddings.proj.weight";
  start[embedding] = {
    ...(start[embedding] as PlainTensor<"float32">),
    data: tubeletBasis(stem?.width ?? hiddenSize, placeSize(SMALL_VIDEO_ENCODER), tubeletSize),
  };
  const trainer = await createTrainer(runtime, source, start, {
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 100, restarts }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    directory,
    fingerprint: JSON.stringify({ stage: "video-encoder", config: SMALL_VIDEO_ENCODER, ...plan.videoEncoder, seed: plan.seed }),
    batch: async (step) =>
      videoEncoderBatch(
        videoEncoderScenes(step, { seed: plan.seed, batch, imageSize: SMALL_IMAGE_SIZE }),
        placeSize(SMALL_VIDEO_ENCODER),
      ),
    signal: options.signal,
    onProgress: reporter("video-encoder", steps, options),
  });
  if (ended) await writeSafetensorsFile(weightsFile(options.directory, "video-encoder"), trainer.parameters("average"));
  await trainer.dispose();
  return ended;
}

const datasetFolder = (options: StageOptions) => join(options.directory, "dataset");

const preparation = (stage: Stage, { plan, options }: StageContext): PrepareOptions => ({
  directory: datasetFolder(options),
  seed: plan.seed,
  scenes: plan.dataset.scenes,
  shard: plan.dataset.shard,
  sampleRate: SMALL_CODEC.sampleRate,
  seconds: CLIP_SECONDS,
  signal: options.signal,
  ...(options.onProgress && { onProgress: (done: number, total: number) => options.onProgress?.(stage, { done, total }) }),
});

async function makeLatents(context: StageContext): Promise<boolean> {
  const codec = await stageWeights(context.options.directory, "components");
  return prepareLatents(context.runtime, {
    ...preparation("latents", context),
    encodeGraph: (batch) => smallCodecEncodeGraph(SMALL_CODEC, CLIP_FRAMES, batch),
    codec: codec.source,
    samples: CLIP_FRAMES * hop,
    tokenise: smallBackbone(memoryParameters({}), sceneBackboneConfig()).text.tokenise,
  });
}

async function makeVideoTokens(context: StageContext): Promise<boolean> {
  const encoder = await stageWeights(context.options.directory, "video-encoder");
  return prepareVideoTokens(context.runtime, {
    ...preparation("video-tokens", context),
    encoder: smallVideoEncoder(encoder.source),
  });
}

/** What a diffusion batch is made from. */
interface DiffusionData {
  readonly clips: TrainingClips;
  readonly config: SmallBackboneConfig;
  /** Latents of a clip. */
  readonly frames: number;
  /** Length of a clip. */
  readonly seconds: number;
  /** What a clip is called in its dataset. */
  readonly nameOf?: (row: number) => string;
}

const sceneData = (clips: SceneDataset, config: SmallBackboneConfig): DiffusionData => ({
  clips,
  config,
  frames: CLIP_FRAMES,
  seconds: CLIP_SECONDS,
});

/** How a diffusion batch is drawn. */
interface DiffusionDraws {
  readonly seed: number;
  readonly batch: number;
  readonly stage: Stage;
  readonly times?: TimeSampling | undefined;
  readonly dropText?: number | undefined;
}

/** Rows of a diffusion batch that do not depend on the stage. */
async function diffusionBatch(data: DiffusionData, step: number, { seed, batch, stage, times, dropText = 0.1 }: DiffusionDraws) {
  const { clips, config, frames, seconds } = data;
  const random = createRandom(seed, stage, step);
  const size = config.denoiser.ioChannels * frames;
  const rows = clips.pick?.(step, batch) ?? Array.from({ length: batch }, () => random.integer(0, clips.count));
  const time = times ? drawTimes(times, batch, step, seed, stage) : stratifiedTimes(random, batch);
  const textKept = Float32Array.from({ length: batch }, () => (random.chance(dropText) ? 0 : 1));
  const gathered = await clips.rows(rows, (row) => createRandom(seed, stage, step, "caption", row));
  const tensors: Record<string, PlainTensor> = {
    latents: { dtype: "float32", shape: [batch, config.denoiser.ioChannels, frames], data: gathered.latents },
    noise: {
      dtype: "float32",
      shape: [batch, config.denoiser.ioChannels, frames],
      data: normalArray(seed, [stage, "noise", step], batch * size),
    },
    time: { dtype: "float32", shape: [batch], data: time },
    ids: { dtype: "int64", shape: [batch, config.text.length], data: gathered.ids },
    mask: { dtype: "float32", shape: [batch, config.text.length], data: gathered.mask },
    textKept: { dtype: "float32", shape: [batch], data: textKept },
    seconds: { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(seconds) },
  };
  return { tensors, rows, random };
}

async function trainDenoiser({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { steps, batch, peak, restarts = [] } = plan.denoiser;
  const config = sceneBackboneConfig();
  const data = sceneData(await openDataset(datasetFolder(options)), config);
  const source = denoiserLoss(config, batch, CLIP_FRAMES);
  const trainer = await createTrainer(runtime, source, initialise(source, plan.seed), {
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 100, restarts }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    directory,
    fingerprint: JSON.stringify({
      stage: "denoiser",
      config: config.denoiser,
      words: config.text.vocabulary.length,
      ...plan.denoiser,
      seed: plan.seed,
    }),
    batch: async (step) => (await diffusionBatch(data, step, { seed: plan.seed, batch, stage: "denoiser" })).tensors,
    signal: options.signal,
    onProgress: reporter("denoiser", steps, options),
  });
  if (ended) await writeSafetensorsFile(weightsFile(options.directory, "denoiser"), trainer.parameters("average"));
  await trainer.dispose();
  return ended;
}

/** Share of captions, tokens, clips that a bridge does not see in training (Rowles et al. 2025 name the tokens). */
export const BRIDGE_DROP = { text: 0.1, tokens: 0.1, clips: 0.1 } as const;

async function trainBridge({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { steps, batch, peak, times } = plan.bridge;
  const drop = { ...BRIDGE_DROP, ...plan.bridge.drop };
  const config = sceneBackboneConfig();
  const { data, name, close } = options.prepared
    ? await preparedData(options.prepared, config, plan.seed)
    : { data: sceneData(await openDataset(datasetFolder(options)), config), name: undefined, close: async () => undefined };
  const { clips, frames } = data;
  const { source: frozen } = await stageWeights(options.directory, "denoiser");
  const bridge = trainedBridgeConfig(frozen, config);
  const source = bridgeLoss(config, bridge, batch, frames, clips.videoTokens);
  const trainer = await createTrainer(runtime, source, initialiseBridge(bridge, plan.seed), {
    frozen,
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 50 }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    directory,
    fingerprint: JSON.stringify({ stage: "bridge", config: bridge, ...plan.bridge, seed: plan.seed, prepared: name }),
    batch: async (step) => {
      const { tensors, rows, random } = await diffusionBatch(data, step, {
        seed: plan.seed,
        batch,
        stage: "bridge",
        times,
        dropText: drop.text,
      });
      const video = await clips.video(rows);
      const width = bridge.tokenWidth;
      for (let row = 0; row < batch; row++) {
        const all = random.chance(drop.clips);
        for (let token = 0; token < clips.videoTokens; token++) {
          const at = (row * clips.videoTokens + token) * width;
          if (all || random.chance(drop.tokens)) video.fill(0, at, at + width);
        }
      }
      return { ...tensors, video: { dtype: "float32", shape: [batch, clips.videoTokens, width], data: video } };
    },
    nameBatch: (step) =>
      clips
        .pick?.(step, batch)
        .map((row) => data.nameOf?.(row) ?? row)
        .join(", ") ?? `the scenes of step ${step}`,
    signal: options.signal,
    onProgress: reporter("bridge", steps, options),
  });
  if (ended) {
    await writeSafetensorsFile(weightsFile(options.directory, "bridge"), trainer.parameters("average"), {
      config: JSON.stringify(bridge),
    });
  }
  await trainer.dispose();
  await close();
  return ended;
}

/** Prepared clips, when they fit the small parts; and what names them in a checkpoint. */
async function preparedData(
  { directories, rules }: NonNullable<StageOptions["prepared"]>,
  config: SmallBackboneConfig,
  seed: number,
): Promise<{ readonly data: DiffusionData; readonly name: string; readonly close: () => Promise<void> }> {
  const dataset = await openPreparedDataset(directories, { rules });
  const { video, audio, text, seconds } = dataset.manifest;
  const bare = memoryParameters({});
  const [backbone, encoder] = [smallBackbone(bare, config), smallVideoEncoder(bare)];
  const wanted = { video: encoder.id, audio: backbone.codec.id, text: backbone.text.id, length: config.text.length };
  const found = { video: video.id, audio: audio.id, text: text.id, length: text.length };
  for (const key of ["video", "audio", "text", "length"] as const) {
    if (found[key] === wanted[key]) continue;
    await dataset.close();
    throw new FoleyError(
      "invalid-argument",
      `The dataset in ${directories.join(", ")} was prepared with ${key} ${found[key]}; this training has ${wanted[key]}.`,
      { hint: "Prepare it with the model of this training: foley dataset prepare --model FOLDER/model." },
    );
  }
  const ids = createHash("sha256");
  for (const clip of dataset.clips) ids.update(`${clip.id}\n`);
  return {
    data: {
      clips: trainingClips(dataset, seed),
      config,
      frames: audio.frames,
      seconds,
      nameOf: (row) => dataset.clips[row]?.id ?? String(row),
    },
    name: ids.digest("hex"),
    close: () => dataset.close(),
  };
}

/** The bridge between the small parts. */
export function trainedBridgeConfig(frozen: ParameterSource, config: SmallBackboneConfig): BridgeConfig {
  return bridgeConfig(smallBackbone(frozen, config), smallVideoEncoder(memoryParameters({})));
}
