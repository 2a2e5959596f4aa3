/** The denoiser and its text encoder, trained on the sounds of the clips that a bridge is trained on later. */
import { smallBackbone, smallBackboneConfig } from "@foley-control/audio-backbone";
import type { PlainTensor } from "@foley-control/core";
import { encodedSounds } from "../../encoded-sounds.js";
import { initialise } from "../../initialise.js";
import { drawScenes, HELD_OUT_SEED, stretched } from "../../scene-draws.js";
import type { SoundOf } from "../../sound-of.js";
import { denoiserLoss } from "../../stages/denoiser.js";
import { drawTimes } from "../../times.js";
import { lossValidation } from "../../validation.js";
import { writeAttribution } from "../recordings/attribution.js";
import { trainNetwork } from "./network.js";
import { stageSounds } from "./sounds.js";
import { CLIP_FRAMES, CLIP_SECONDS, framesOf, type StageContext, stageWeights } from "./stage.js";
import { warmStart } from "./warm-start.js";

/** Share of captions that it does not see, so that guidance has something to compare with. */
const DROPPED_TEXT = 0.1;
/** Most scenes of one batch of a validation. */
const MOST_ROWS = 16;

/** Trains them. */
export async function trainDenoiser(context: StageContext): Promise<boolean> {
  const { runtime, plan, options } = context;
  const { seed, denoiser: sizes, validation, dataset } = plan;
  const { stretches: longer } = sizes;
  const { recordings, training, stretches, heldOut, vocabulary } = await stageSounds(context);
  const config = smallBackboneConfig(vocabulary);
  const { source: codec, tensors: components } = await stageWeights(options.directory, "components");
  const hear = (soundOf: SoundOf, seconds: number) =>
    // Windows are made as if they were as long as clips: the number conditioner never learnt another length.
    encodedSounds(runtime, smallBackbone(codec, config), { seed, seconds, conditioned: CLIP_SECONDS, soundOf });
  const [sounds, judged] = [await hear(training, CLIP_SECONDS), await hear(heldOut, CLIP_SECONDS)];
  const long = longer === undefined ? undefined : await hear(stretches(longer), longer);
  const fewer = (clips: number) => Math.max(1, Math.round((clips * CLIP_SECONDS) / (longer ?? CLIP_SECONDS)));
  const few = fewer(sizes.batch);
  const loss = denoiserLoss(config, sizes.batch, CLIP_FRAMES);
  const losses = longer === undefined ? loss : ([loss, denoiserLoss(config, few, framesOf(longer))] as const);
  const fresh = initialise(loss, seed);
  const rows = Math.min(MOST_ROWS, validation.scenes);
  try {
    const ended = await trainNetwork("denoiser", context, {
      loss: losses,
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
        const isLong = long !== undefined && step % 2 === 1;
        const draws = { seed, pool: dataset.scenes, ...sizes };
        const { scenes, random } = drawScenes(
          "denoiser",
          step,
          isLong ? { seed, pool: fewer(dataset.scenes), batch: few } : draws,
        );
        const heard = isLong
          ? long.batch(
              scenes.map((scene) => stretched(scene, random)),
              "denoiser",
              step,
            )
          : sounds.batch(scenes, "denoiser", step);
        const textKept = floats(scenes.map(() => (random.chance(DROPPED_TEXT) ? 0 : 1)));
        const time = floats(drawTimes("sobol", scenes.length, step, seed, "denoiser"));
        return { ...(await heard), textKept, time };
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
    await Promise.all([sounds.dispose(), judged.dispose(), long?.dispose()]);
  }
}

const floats = (values: ArrayLike<number>): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
