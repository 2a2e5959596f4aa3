/** Rendered scenes as codec and video encoder see them, computed once and kept on disk. */
import { SMALL_CODEC, smallBackbone, smallCodecEncodeGraph } from "@foley-control/audio-backbone";
import { memoryParameters } from "@foley-control/core";
import { smallVideoEncoder } from "@foley-control/video-encoder";
import { type PrepareOptions, prepareLatents, prepareVideoTokens } from "../dataset.js";
import {
  CLIP_FRAMES,
  CLIP_SECONDS,
  datasetFolder,
  HOP,
  heldOutFolder,
  type Stage,
  type StageContext,
  sceneBackboneConfig,
  stageWeights,
} from "./stage.js";

/** Which scenes: those that are trained on, or those to judge by. */
type SceneSet = "training" | "held out";

const preparation = (stage: Stage, { plan, options }: StageContext, which: SceneSet): PrepareOptions => ({
  ...(which === "training"
    ? { directory: datasetFolder(options), scenes: plan.dataset.scenes, shard: plan.dataset.shard }
    : { directory: heldOutFolder(options, plan), scenes: plan.validation.scenes, shard: plan.validation.scenes, heldOut: true }),
  seed: plan.seed,
  sampleRate: SMALL_CODEC.sampleRate,
  seconds: CLIP_SECONDS,
  signal: options.signal,
  ...(options.onProgress && { onProgress: (done: number, total: number) => options.onProgress?.(stage, { done, total }) }),
});

/** Latents and captions. */
export async function makeLatents(context: StageContext, which: SceneSet = "training"): Promise<boolean> {
  const codec = await stageWeights(context.options.directory, "components");
  return prepareLatents(context.runtime, {
    ...preparation("latents", context, which),
    encodeGraph: (batch) => smallCodecEncodeGraph(SMALL_CODEC, CLIP_FRAMES, batch),
    codec: codec.source,
    samples: CLIP_FRAMES * HOP,
    tokenise: smallBackbone(memoryParameters({}), sceneBackboneConfig()).text.tokenise,
  });
}

/** Video tokens. */
export async function makeVideoTokens(context: StageContext, which: SceneSet = "training"): Promise<boolean> {
  const encoder = await stageWeights(context.options.directory, "video-encoder");
  return prepareVideoTokens(context.runtime, {
    ...preparation("video-tokens", context, which),
    encoder: smallVideoEncoder(encoder.source),
  });
}
