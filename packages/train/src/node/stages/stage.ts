/** What the stages have in common: their names, options, folders and the weights that they hand on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SMALL_CODEC, type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  FoleyError,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
} from "@foley-control/core";
import type { CurationRule } from "../../data/rules.js";
import type { MakeBridgeSamples } from "../bridge/train-bridge.js";
import { readTensors } from "../checkpoint.js";
import type { TrainingProgress } from "../loop.js";
import type { TrainingPlan } from "./plan.js";

/** Stages in order. */
export const STAGES = ["components", "denoiser", "codec", "video-encoder", "features", "bridge"] as const;
/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** Options of {@link runStage}. */
export interface StageOptions {
  /** Folder of the whole training; every stage has a subfolder. */
  readonly directory: string;
  /** Sizes of the training. Default {@link DEFAULT_PLAN}. */
  readonly plan?: TrainingPlan;
  /**
   * The bridge is trained on this: folders of `prepareDataset`, made with the codec, text encoder and video encoder of this training, and which of their
   * clips. Default: the scenes of the stage before.
   */
  readonly prepared?: { readonly directories: readonly string[]; readonly rules?: readonly CurationRule[] } | undefined;
  /** Folder of recordings that codec and denoiser hear beside the scenes. Default: scenes alone. */
  readonly recordings?: string | undefined;
  /** Folder of a small model whose text encoder and denoiser a new denoiser begins with, as far as they fit. Default: it begins with nothing. */
  readonly start?: string | undefined;
  /** Makes sounds for clips of one's choice in the middle of the bridge's training, as often as the plan says. Default: none are made. */
  readonly samples?: MakeBridgeSamples | undefined;
  /** Stops between steps; running the stage again continues. */
  readonly signal?: AbortSignal | undefined;
  /** Hears log lines of a training, or how much of a preparation is done. */
  readonly onProgress?: (stage: Stage, report: TrainingProgress | { readonly done: number; readonly total: number }) => void;
}

/** What a stage is run with. */
export interface StageContext {
  readonly runtime: Runtime;
  readonly plan: TrainingPlan;
  readonly options: StageOptions;
  readonly directory: string;
}

/** Length of a clip in seconds. */
export const CLIP_SECONDS = 4;
/** Samples per latent. */
export const HOP = SMALL_CODEC.frameHop * SMALL_CODEC.framesPerLatent;
/** Latent frames that cover so many seconds. */
export const framesOf = (seconds: number): number => Math.ceil((seconds * SMALL_CODEC.sampleRate) / HOP);
/** Latent frames that cover a clip. */
export const CLIP_FRAMES = framesOf(CLIP_SECONDS);

/** Where a stage writes what it made. */
export const weightsFile = (directory: string, stage: Stage) => join(directory, stage, "weights.safetensors");

/** What a finished stage wrote. */
export interface StageWeights {
  readonly source: ParameterSource;
  readonly tensors: Readonly<Record<string, PlainTensor<"float32">>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Weights that a finished stage wrote. */
export async function stageWeights(directory: string, stage: Stage): Promise<StageWeights> {
  const path = weightsFile(directory, stage);
  if (!existsSync(path))
    throw new FoleyError("invalid-argument", `The stage "${stage}" has not finished: ${path} is missing.`, {
      hint: `Run it first with runStage("${stage}").`,
    });
  const { tensors, metadata } = await readTensors(path);
  return { source: memoryParameters(tensors), tensors, metadata };
}

/** The configuration of the backbone whose denoiser was trained in a folder: it holds the words that were said. */
export async function stageConfig(directory: string): Promise<SmallBackboneConfig> {
  const { metadata } = await stageWeights(directory, "denoiser");
  return JSON.parse(metadata["config"] ?? "null") as SmallBackboneConfig;
}

/** Hands the progress of a training on. */
export const reporter = (stage: Stage, options: StageOptions) => (progress: TrainingProgress) =>
  options.onProgress?.(stage, progress);

/** Where what the frozen parts make of the scenes is kept. */
export const featuresFolder = (options: StageOptions) => join(options.directory, "features");

/** The backbone of the stages before: what a bridge goes into. Its codec has what is needed to encode. */
export async function stageBackbone(directory: string): Promise<AudioBackbone> {
  const [components, denoiser] = [await stageWeights(directory, "components"), await stageWeights(directory, "denoiser")];
  return smallBackbone(memoryParameters({ ...components.tensors, ...denoiser.tensors }), await stageConfig(directory));
}
