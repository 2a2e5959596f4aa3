/** The bridge between the small parts, on the scenes of the stage before or on prepared clips of one's own. */

import { trainBridge } from "../bridge/train-bridge.js";
import { featuresFolder, reporter, type StageContext, stageBackbone } from "./stage.js";

/** Trains it, everything else frozen. */
export async function trainSmallBridge({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
  const { prepared, samples, signal } = options;
  const { scenes, every, samplesEvery } = plan.validation;
  const { ended } = await trainBridge(runtime, {
    backbone: await stageBackbone(options.directory),
    data: prepared?.directories ?? featuresFolder(options),
    rules: prepared?.rules,
    directory,
    plan: { seed: plan.seed, ...plan.bridge },
    heldOut: scenes === 0 ? 0 : undefined,
    validateEvery: every,
    samples: samples && { every: samplesEvery, make: samples },
    signal,
    onProgress: reporter("bridge", options),
  });
  return ended;
}
