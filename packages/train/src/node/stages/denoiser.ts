/** The denoiser and its text encoder, trained on the sound of scenes that are rendered as they are needed. */
import { smallBackbone } from "@foley-control/audio-backbone";
import type { PlainTensor } from "@foley-control/core";
import { initialise } from "../../initialise.js";
import { soundBatch } from "../../scene-batches.js";
import { type DrawnScene, drawScenes, HELD_OUT_SEED } from "../../scene-draws.js";
import { denoiserSoundLoss } from "../../stages/denoiser.js";
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
  const { seed, denoiser: sizes, validation } = plan;
  const { batch } = sizes;
  const config = sceneBackboneConfig();
  const { source: frozen, tensors } = await stageWeights(options.directory, "components");
  const backbone = smallBackbone(frozen, config);
  const lossOf = (rows: number) => denoiserSoundLoss(config, rows, CLIP_FRAMES);
  const heard = (scenes: readonly DrawnScene[], stream: string, index: number, kept: readonly boolean[]) => ({
    ...soundBatch(scenes, { seed, key: [stream, index], seconds: CLIP_SECONDS, frames: CLIP_FRAMES, backbone }),
    textKept: floats(kept.map(Number)),
  });
  const loss = lossOf(batch);
  const rows = Math.min(MOST_ROWS, validation.scenes);
  return trainNetwork("denoiser", context, {
    loss,
    start: initialise(loss, seed, (name) => !(name in tensors)),
    frozen,
    sizes,
    config: { ...config.denoiser, words: config.text.vocabulary.length },
    async batch(step) {
      const { scenes, random } = drawScenes("denoiser", step, { seed, ...sizes });
      const kept = scenes.map(() => !random.chance(DROPPED_TEXT));
      return { ...heard(scenes, "denoiser", step, kept), time: floats(drawTimes("sobol", batch, step, seed, "denoiser")) };
    },
    validation:
      rows === 0
        ? undefined
        : {
            every: validation.every,
            measure: lossValidation(runtime, {
              loss: lossOf(rows),
              frozen,
              rows,
              batches: Math.floor(validation.scenes / rows),
              async batch(index) {
                const scenes = Array.from({ length: rows }, (_, row) => ({ seed: HELD_OUT_SEED + index * rows + row }));
                return heard(
                  scenes,
                  "denoiser held out",
                  index,
                  scenes.map(() => true),
                );
              },
            }),
          },
  });
}

const floats = (values: ArrayLike<number>): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
