/** Rendered scenes as the frozen parts see and hear them, computed once: a dataset like any other. */
import { motionEncoder } from "@foley-control/video-encoder";
import { prepareDataset } from "../prepare/prepare.js";
import { stageSounds } from "./sounds.js";
import { CLIP_SECONDS, featuresFolder, type StageContext, stageBackbone, stageWeights } from "./stage.js";

/** Prepares them; those that are there stay. */
export async function prepareScenes(context: StageContext): Promise<boolean> {
  const { runtime, plan, options } = context;
  const { signal, onProgress } = options;
  const sounds = options.recordings === undefined ? undefined : await stageSounds(context);
  try {
    await prepareDataset(runtime, {
      source: { scenes: plan.dataset.scenes, heldOut: plan.validation.scenes, seed: plan.seed, sounds },
      directory: featuresFolder(options),
      parts: {
        encoder: motionEncoder((await stageWeights(options.directory, "video-encoder")).source),
        backbone: await stageBackbone(options.directory),
      },
      seconds: CLIP_SECONDS,
      // Whatever was rendered is meant to be learnt.
      rules: [],
      clipsPerShard: plan.dataset.shard,
      signal,
      onProgress: ({ done, total }) => onProgress?.("features", { done, total }),
    });
    return true;
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    return false;
  }
}
