/** The codec's sharpening: what the components leave over is learnt. */
import { SMALL_CODEC } from "@foley-control/audio-backbone";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { initialise } from "../../initialise.js";
import { codecBatch } from "../../scene-batches.js";
import { cosineWithWarmUp } from "../../schedule.js";
import { codecLoss, isSharpening } from "../../stages/codec.js";
import { createTrainer } from "../../trainer.js";
import { runTraining } from "../loop.js";
import { HOP, reporter, type StageContext, stageWeights, weightsFile } from "./stage.js";

/** Trains it, the components frozen. */
export async function trainCodec({ runtime, plan, options, directory }: StageContext): Promise<boolean> {
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
    clipsPerStep: batch,
    directory,
    fingerprint: JSON.stringify({ stage: "codec", config: SMALL_CODEC, ...plan.codec, seed: plan.seed }),
    batch: async (step) =>
      codecBatch(step, { seed: plan.seed, batch, samples: frames * HOP, sampleRate: SMALL_CODEC.sampleRate }),
    signal: options.signal,
    onProgress: reporter("codec", options),
  });
  if (ended)
    await writeSafetensorsFile(weightsFile(options.directory, "codec"), {
      ...components.tensors,
      ...(await trainer.parameters("average")),
    });
  await trainer.dispose();
  return ended;
}
