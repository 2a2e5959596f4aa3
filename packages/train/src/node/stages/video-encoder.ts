/** The motion encoder, trained on scenes that look like film, and judged by such of other kinds and looks. */

import type { GraphValue, PlainTensor } from "@foley-control/core";
import { graph } from "@foley-control/graph";
import { MOTION_ENCODER } from "@foley-control/video-encoder";
import { initialise } from "../../initialise.js";
import { inTheirLook, motionScenes } from "../../motion-scenes.js";
import { drawScenes, HELD_OUT_SEED } from "../../scene-draws.js";
import { videoEncoderLoss } from "../../stages/video-encoder.js";
import { lossValidation } from "../../validation.js";
import { trainNetwork } from "./network.js";
import type { StageContext } from "./stage.js";

/** Pictures of a clip: 2 s. */
const FRAMES = 64;
/** Most scenes in one batch of a validation. */
const HELD_OUT_ROWS = 16;

/** Bias that the logit of every cell starts with: contacts are rare. */
const RARE = "motion.cell.fc2.bias";
const RARELY = -8;

/** Trains it. */
export async function trainVideoEncoder(context: StageContext): Promise<boolean> {
  const { runtime } = context;
  const { videoEncoder, seed } = context.plan;
  const { validation, ...sizes } = videoEncoder;
  const config = MOTION_ENCODER;
  const { imageSize, frameRate, tubeletSize } = config;
  const clips = { frames: FRAMES, frameRate, imageSize, tubeletSize, cells: imageSize / config.patchSize / 2 };
  const scenes = motionScenes(clips);
  const lossOf = (batch: number) => videoEncoderLoss(config, { batch, frames: FRAMES });
  const loss = lossOf(sizes.batch);
  const start = initialise(loss, seed);
  const rows = Math.max(1, Math.min(HELD_OUT_ROWS, validation.scenes));
  const judged = lossOf(rows);
  const { contacts: _, ...network } = config;
  return trainNetwork("video-encoder", context, {
    loss,
    start: { ...start, [RARE]: { ...(start[RARE] as PlainTensor<"float32">), data: Float32Array.of(RARELY) } },
    sizes,
    config: network,
    async batch(step) {
      const { scenes: drawn } = drawScenes("videoEncoder", step, { seed, ...sizes });
      return scenes.batch(drawn.map(inTheirLook), { seed, step });
    },
    validation: {
      every: validation.every,
      keepBest: true,
      measure: lossValidation(runtime, {
        // When something touches is what counts; the rest of the loss is there to learn it from.
        loss: graph("videoEncoder.heldOut", judged.inputs, { loss: judged.outputs["contactLoss"] as GraphValue }),
        rows,
        batches: Math.ceil(validation.scenes / rows),
        batch: async (index) =>
          scenes.batch(
            Array.from({ length: rows }, (_unused, row) => ({
              seed: HELD_OUT_SEED + index * rows + row,
              look: "film-held-out" as const,
            })),
          ),
      }),
    },
  });
}
