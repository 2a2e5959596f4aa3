/** The denoiser and its text encoder, trained on the sound of the scenes alone. */
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { initialise } from "../../initialise.js";
import { cosineWithWarmUp } from "../../schedule.js";
import { denoiserLoss } from "../../stages/denoiser.js";
import { createTrainer } from "../../trainer.js";
import { datasetClass, openDataset } from "../dataset.js";
import { runTraining } from "../loop.js";
import { diffusionBatch, sceneData } from "./diffusion-batch.js";
import { heldOutLoss } from "./held-out.js";
import { CLIP_FRAMES, datasetFolder, reporter, type StageContext, sceneBackboneConfig, weightsFile } from "./stage.js";

/** Trains them. */
export async function trainDenoiser(context: StageContext): Promise<boolean> {
  const { runtime, plan, options, directory } = context;
  const { steps, batch, peak, restarts = [] } = plan.denoiser;
  const emphasis = plan.denoiser.emphasis && {
    ...plan.denoiser.emphasis,
    classOf: (row: number) => datasetClass({ seed: plan.seed }, row),
  };
  const config = sceneBackboneConfig();
  const data = sceneData(await openDataset(datasetFolder(options)), config);
  const source = denoiserLoss(config, batch, CLIP_FRAMES);
  const trainer = await createTrainer(runtime, source, initialise(source, plan.seed), {
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: 100, restarts }),
  });
  const ended = await runTraining({
    trainer,
    steps,
    clipsPerStep: batch,
    directory,
    fingerprint: JSON.stringify({
      stage: "denoiser",
      config: config.denoiser,
      words: config.text.vocabulary.length,
      ...plan.denoiser,
      seed: plan.seed,
    }),
    batch: async (step) => (await diffusionBatch(data, step, { seed: plan.seed, batch, stage: "denoiser", emphasis })).tensors,
    validation: await heldOutLoss(context, "denoiser", (rows) => denoiserLoss(config, rows, CLIP_FRAMES)),
    signal: options.signal,
    onProgress: reporter("denoiser", options),
  });
  if (ended) await writeSafetensorsFile(weightsFile(options.directory, "denoiser"), await trainer.parameters("average"));
  await trainer.dispose();
  return ended;
}
