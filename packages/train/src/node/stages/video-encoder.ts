/** The video encoder, trained on scenes that are rendered as they are needed. */
import { memoryParameters, type PlainTensor } from "@foley-control/core";
import { SCENE_CLASSES } from "@foley-control/scenes";
import { SMALL_IMAGE_SIZE, SMALL_VIDEO_ENCODER, STEM_EMBEDDING, smallVideoEncoder } from "@foley-control/video-encoder";
import { initialise } from "../../initialise.js";
import { videoEncoderBatch, videoEncoderScenes } from "../../scene-batches.js";
import { placeSize, tubeletBasis, videoEncoderLoss } from "../../stages/video-encoder.js";
import { trainNetwork } from "./network.js";
import type { StageContext } from "./stage.js";

/** Trains it. */
export async function trainVideoEncoder(context: StageContext): Promise<boolean> {
  const { videoEncoder: sizes, seed } = context.plan;
  const { normalisation, window: frames } = smallVideoEncoder(memoryParameters({}));
  const size = { batch: sizes.batch, frames, imageSize: SMALL_IMAGE_SIZE, classes: SCENE_CLASSES.length };
  const loss = videoEncoderLoss(SMALL_VIDEO_ENCODER, normalisation, size);
  const start = initialise(loss, seed);
  const { stem, tubeletSize, hiddenSize } = SMALL_VIDEO_ENCODER;
  const embedding = stem ? STEM_EMBEDDING : "encoder.embeddings.patch_embeddings.proj.weight";
  start[embedding] = {
    ...(start[embedding] as PlainTensor<"float32">),
    data: tubeletBasis(stem?.width ?? hiddenSize, placeSize(SMALL_VIDEO_ENCODER), tubeletSize),
  };
  return trainNetwork("video-encoder", context, {
    loss,
    start,
    sizes,
    config: SMALL_VIDEO_ENCODER,
    batch: async (step) =>
      videoEncoderBatch(
        videoEncoderScenes(step, { seed, imageSize: SMALL_IMAGE_SIZE, ...sizes }),
        placeSize(SMALL_VIDEO_ENCODER),
      ),
  });
}
