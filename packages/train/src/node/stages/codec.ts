/** The codec's sharpening: what the components leave over is learnt. */
import { SMALL_CODEC } from "@foley-control/audio-backbone";
import { initialise } from "../../initialise.js";
import { codecBatch } from "../../scene-batches.js";
import { codecLoss, isSharpening } from "../../stages/codec.js";
import { trainNetwork } from "./network.js";
import { stageSounds } from "./sounds.js";
import { HOP, type StageContext, stageWeights } from "./stage.js";

/** Trains it, the components frozen. */
export async function trainCodec(context: StageContext): Promise<boolean> {
  const { codec: sizes, seed } = context.plan;
  const { batch, frames } = sizes;
  const { training: soundOf } = await stageSounds(context);
  const components = await stageWeights(context.options.directory, "components");
  const loss = codecLoss(SMALL_CODEC, batch, frames);
  return trainNetwork("codec", context, {
    loss,
    start: initialise(loss, seed, isSharpening),
    frozen: components.source,
    beside: components.tensors,
    sizes,
    config: SMALL_CODEC,
    batch: async (step) => codecBatch(step, { seed, batch, samples: frames * HOP, soundOf }),
  });
}
