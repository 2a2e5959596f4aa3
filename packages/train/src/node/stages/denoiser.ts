/** The denoiser and its text encoder, trained on the sounds of the clips that a bridge is trained on later. */
import { smallBackbone, smallBackboneConfig } from "@foley-control/audio-backbone";
import type { PlainTensor } from "@foley-control/core";
import { encodedSounds } from "../../encoded-sounds.js";
import { initialise } from "../../initialise.js";
import { drawScenes, HELD_OUT_SEED } from "../../scene-draws.js";
import type { SoundOf } from "../../sound-of.js";
import { denoiserLoss } from "../../stages/denoiser.js";
import { drawTimes } from "../../times.js";
import { lossValidation } from "../../validation.js";
import { writeAttribution } from "../recordings/attribution.js";
import { trainNetwork } from "./network.js";
import { stageSounds } from "./sounds.js";
import { CLIP_FRAMES, CLIP_SECONDS, type StageContext, stageWeights } from "./stage.js";
import { warmStart } from "./warm-start.js";

/** Share of captions that it does not see, so that guidance has something to compare with. */
const DROPPED_TEXT = 0.1;
/** Most scenes of one batch of a validation. */
const MOST_ROWS = 16;

/** Trains them. */
export async function trainDenoiser(context: StageContext): Promise<boolean> {
  const { runtime, plan, options } = context;
  const { seed, denoiser: sizes, validation, dataset } = plan;
  const { recordings, training, heldOut, vocabulary } = await stageSounds(context);
  const config = smallBackboneConfig(vocabulary);
  const { source: codec, tensors: components } = await stageWeights(options.directory, "components");
  const hear = (soundOf: SoundOf) =>
    encodedSounds(runtime, smallBackbone(codec, config), { seed, seconds: CLIP_SECONDS, soundOf });
  const [sounds, judged] = [await hear(training), await hear(heldOut)];
  const loss = denoiserLoss(config, sizes.batch, CLIP_FRAMES);
  const fresh = initialise(loss, seed);
  const rows = Math.min(MOST_ROWS, validation.scenes);
  try {
    const ended = await trainNetwork("denoiser", context, {
      loss,
      start: options.start === undefined ? fresh : await warmStart(fresh, options.start, { vocabulary, codec: components }),
      metadata: { config: JSON.stringify(config) },
      sizes,
      config: {
        ...config.denoiser,
        words: vocabulary.join(" "),
        scenes: dataset.scenes,
        start: options.start,
        sounds: plan.sounds,
      },
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
                  return { ...(await judged.batch(scenes, "denoiser held out", index)), textKept };
                },
              }),
            },
    });
    // After the weights, so that the folder is there.
    if (ended && recordings.length > 0) await writeAttribution(context.directory, recordings);
    return ended;
  } finally {
    await Promise.all([sounds.dispose(), judged.dispose()]);
  }
}

const floats = (values: ArrayLike<number>): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
