/** Losses of denoiser and bridge on scenes that no stage trains on. */
import type { Graph, ParameterSource } from "@foley-control/core";
import { HELD_OUT_SEED } from "../../scene-batches.js";
import { lossValidation } from "../../validation.js";
import { openDataset } from "../dataset.js";
import type { TrainingRun } from "../loop.js";
import { diffusionBatch, sceneData } from "./diffusion-batch.js";
import { makeLatents, makeVideoTokens } from "./scene-features.js";
import { heldOutFolder, type StageContext, sceneBackboneConfig } from "./stage.js";

/** Most scenes of one batch. */
const MOST_ROWS = 16;

/**
 * What judges a stage by the plan; nothing when the plan wants none or a signal stopped the encoding of the scenes.
 *
 * @param lossOf - the loss of so many clips
 * @param frozen - what the stage does not train
 */
export async function heldOutLoss(
  context: StageContext,
  stage: "denoiser" | "bridge",
  lossOf: (rows: number) => Graph,
  frozen?: ParameterSource,
): Promise<TrainingRun["validation"]> {
  const { runtime, plan, options } = context;
  const { scenes, every } = plan.validation;
  if (scenes === 0) return undefined;
  const ready =
    (await makeLatents(context, "held out")) && (stage === "denoiser" || (await makeVideoTokens(context, "held out")));
  if (!ready) return undefined;
  const rows = Math.min(MOST_ROWS, scenes);
  const clips = await openDataset(heldOutFolder(options, plan));
  const inOrder = (index: number) => Array.from({ length: rows }, (_, row) => index * rows + row);
  const data = sceneData({ ...clips, pick: inOrder }, sceneBackboneConfig());
  return {
    every,
    measure: lossValidation(runtime, {
      loss: lossOf(rows),
      frozen,
      rows,
      batches: Math.floor(scenes / rows),
      async batch(index) {
        const drawn = { seed: plan.seed + HELD_OUT_SEED, batch: rows, stage, dropText: 0 };
        const { tensors, rows: chosen } = await diffusionBatch(data, index, drawn);
        if (stage === "denoiser") return tensors;
        const video = clips.video(chosen);
        const shape = [rows, clips.videoTokens, video.length / (rows * clips.videoTokens)];
        return { ...tensors, video: { dtype: "float32", shape, data: video } };
      },
    }),
  };
}
