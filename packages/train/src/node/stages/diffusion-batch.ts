/** Batches of a diffusion training: which clips, which times, which noise. */
import type { SmallBackboneConfig } from "@foley-control/audio-backbone";
import { createRandom, normalArray, type PlainTensor, type Random } from "@foley-control/core";
import type { SceneClass } from "@foley-control/scenes";
import type { TrainingClips } from "../../data/training-clips.js";
import { stratifiedTimes } from "../../objective.js";
import type { Emphasis } from "../../scene-batches.js";
import { drawTimes, type TimeSampling } from "../../times.js";
import type { SceneDataset } from "../dataset.js";
import { CLIP_FRAMES, CLIP_SECONDS, type Stage } from "./stage.js";

/** What a diffusion batch is made from. */
export interface DiffusionData {
  readonly clips: TrainingClips;
  readonly config: SmallBackboneConfig;
  /** Latents of a clip. */
  readonly frames: number;
  /** Length of a clip. */
  readonly seconds: number;
  /** What a clip is called in its dataset. */
  readonly nameOf?: (row: number) => string;
}

/** The scenes of the stages before. */
export const sceneData = (clips: SceneDataset, config: SmallBackboneConfig): DiffusionData => ({
  clips,
  config,
  frames: CLIP_FRAMES,
  seconds: CLIP_SECONDS,
});

/** How a diffusion batch is drawn. */
export interface DiffusionDraws {
  readonly seed: number;
  readonly batch: number;
  readonly stage: Stage;
  readonly times?: TimeSampling | undefined;
  readonly dropText?: number | undefined;
  /** Clips that are drawn more often, by what `classOf` says they are. */
  readonly emphasis?: (Emphasis & { readonly classOf: (row: number) => SceneClass }) | undefined;
}

/** Rows drawn anew for a batch, with what is emphasised more often. */
function drawRows(random: Random, step: number, { batch, emphasis }: DiffusionDraws, count: number): readonly number[] {
  const row = () => random.integer(0, count);
  if (!emphasis || step < (emphasis.from ?? 0)) return Array.from({ length: batch }, row);
  return Array.from({ length: batch }, () => {
    let drawn = row();
    // A dataset without any of the classes must not hang.
    if (random.chance(emphasis.share))
      for (let tries = 0; tries < 100 && !emphasis.classes.includes(emphasis.classOf(drawn)); tries++) drawn = row();
    return drawn;
  });
}

/** Rows of a diffusion batch that do not depend on the stage. */
export async function diffusionBatch(data: DiffusionData, step: number, draws: DiffusionDraws) {
  const { seed, batch, stage, times, dropText = 0.1 } = draws;
  const { clips, config, frames, seconds } = data;
  const random = createRandom(seed, stage, step);
  const size = config.denoiser.ioChannels * frames;
  const rows = clips.pick?.(step, batch) ?? drawRows(random, step, draws, clips.count);
  const time = times ? drawTimes(times, batch, step, seed, stage) : stratifiedTimes(random, batch);
  const textKept = Float32Array.from({ length: batch }, () => (random.chance(dropText) ? 0 : 1));
  const gathered = await clips.rows(rows, (row) => createRandom(seed, stage, step, "caption", row));
  const tensors: Record<string, PlainTensor> = {
    latents: { dtype: "float32", shape: [batch, config.denoiser.ioChannels, frames], data: gathered.latents },
    noise: {
      dtype: "float32",
      shape: [batch, config.denoiser.ioChannels, frames],
      data: normalArray(seed, [stage, "noise", step], batch * size),
    },
    time: { dtype: "float32", shape: [batch], data: time },
    ids: { dtype: "int64", shape: [batch, config.text.length], data: gathered.ids },
    mask: { dtype: "float32", shape: [batch, config.text.length], data: gathered.mask },
    textKept: { dtype: "float32", shape: [batch], data: textKept },
    seconds: { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(seconds) },
  };
  return { tensors, rows, random };
}
