/** The denoiser and its text encoder, trained on the sound of the scenes that a bridge is trained on later. */
import { smallBackbone } from "@foley-control/audio-backbone";
import type { PlainTensor } from "@foley-control/core";
import { initialise } from "../../initialise.js";
import { drawScenes, HELD_OUT_SEED } from "../../scene-draws.js";
import { sceneSounds } from "../../scene-sounds.js";
import { denoiserLoss } from "../../stages/denoiser.js";
import { drawTimes } from "../../times.js";
import { lossValidation } from "../../validation.js";
import { trainNetwork } from "./network.js";
import { CLIP_FRAMES, CLIP_SECONDS, type StageContext, sceneBackboneConfig, stageWeights } from "./stage.js";

/** Share of captions that it does not see, so that guidance has something to compare with. */
const DROPPED_TEXT = 0.1;
/** Most scenes of one batch of a validation. */
const MOST_ROWS = 16;

/** Trains them. */
export async function trainDenoiser(context: StageContext): Promise<boolean> {
  const { runtime, plan, options } = context;
  const { seed, denoiser: sizes, validation, dataset } = plan;
  const config = sceneBackboneConfig();
  const { source: codec } = await stageWeights(options.directory, "components");
  const sounds = await sceneSounds(runtime, smallBackbone(codec, config), { seed, seconds: CLIP_SECONDS });
  const loss = denoiserLoss(config, sizes.batch, CLIP_FRAMES);
  const rows = Math.min(MOST_ROWS, validation.scenes);
  try {
    return await trainNetwork("denoiser", context, {
      loss,
      start: initialise(loss, seed),
      sizes,
      config: { ...config.denoiser, words: config.text.vocabulary.length, scenes: dataset.scenes },
      async batch(step) {
        const { scenes, random } = drawScenes("denoiser", step, { seed, pool: dataset.scenes, ...sizes });
        const textKept = floats(scenes.map(() => (random.chance(DROPPED_TEXT) ? 0 : 1)));
        const time = floats(drawTimes("sobol", sizes.batch, step, seed, "denoiser"));
        return { ...(await sounds.batch(scenes, "denoiser", step)), textKept, time };
      },
      validation:
        rows === 0
          ? undefined
          : {
              every: validation.every,
              measure: lossValidation(runtime, {
                loss: denoiserLoss(config, rows, CLIP_FRAMES),
                rows,
                batches: Math.floor(validation.scenes / rows),
                async batch(index) {
                  const scenes = Array.from({ length: rows }, (_, row) => ({ seed: HELD_OUT_SEED + index * rows + row }));
                  const textKept = floats(new Float32Array(rows).fill(1));
                  return { ...(await sounds.batch(scenes, "denoiser held out", index)), textKept };
                },
              }),
            },
    });
  } finally {
    await sounds.dispose();
  }
}

const floats = (values: ArrayLike<number>): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
