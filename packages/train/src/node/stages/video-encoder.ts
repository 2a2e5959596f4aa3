/** The video encoder, trained on scenes that are rendered as they are needed. */
import { memoryParameters, type PlainTensor } from "@foley-control/core";
import { SCENE_CLASSES } from "@foley-control/scenes";
import { SMALL_IMAGE_SIZE, SMALL_VIDEO_ENCODER, STEM_EMBEDDING, smallVideoEncoder } from "@foley-control/video-encoder";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { initialise } from "../../initialise.js";
import { videoEncoderBatch, videoEncoderScenes } from "../../scene-batches.js";
import { cosineWithWarmUp } from "../../schedule.js";
import { placeSize, tubeletBasis, videoEncoderLoss } from "../../stages/video-encoder.js";
import { createTrainer } from "../../trainer.js";
import { runTraining } from "../loop.js";
import { reporter, type StageContext, weightsFile } from "./stage.js";

/** Trains it. */
export async function trainVideoEncoder({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { steps, batch, peak, restarts = [], emphasis } = plan.videoEncoder;
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
    clipsPerStep: batch,
    directory,
    fingerprint: JSON.stringify({ stage: "video-encoder", config: SMALL_VIDEO_ENCODER, ...plan.videoEncoder, seed: plan.seed }),
    batch: async (step) =>
      videoEncoderBatch(
        videoEncoderScenes(step, { seed: plan.seed, batch, imageSize: SMALL_IMAGE_SIZE, emphasis }),
        placeSize(SMALL_VIDEO_ENCODER),
      ),
    signal: options.signal,
    onProgress: reporter("video-encoder", options),
  });
  if (ended) await writeSafetensorsFile(weightsFile(options.directory, "video-encoder"), await trainer.parameters("average"));
  await trainer.dispose();
  return ended;
}
