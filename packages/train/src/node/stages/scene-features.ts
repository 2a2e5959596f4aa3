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
  type Stage,
  type StageContext,
  sceneBackboneConfig,
  stageWeights,
} from "./stage.js";

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

/** Latents and captions. */
export async function makeLatents(context: StageContext): Promise<boolean> {
  const codec = await stageWeights(context.options.directory, "components");
  return prepareLatents(context.runtime, {
    ...preparation("latents", context),
    encodeGraph: (batch) => smallCodecEncodeGraph(SMALL_CODEC, CLIP_FRAMES, batch),
    codec: codec.source,
    samples: CLIP_FRAMES * HOP,
    tokenise: smallBackbone(memoryParameters({}), sceneBackboneConfig()).text.tokenise,
  });
}

/** Video tokens. */
export async function makeVideoTokens(context: StageContext): Promise<boolean> {
  const encoder = await stageWeights(context.options.directory, "video-encoder");
  return prepareVideoTokens(context.runtime, {
    ...preparation("video-tokens", context),
    encoder: smallVideoEncoder(encoder.source),
  });
}
