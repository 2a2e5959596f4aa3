/** A prepared dataset as clips to train on: shuffled anew every epoch, latents drawn from their distribution. */
import { normalArray, type Random } from "@foley-control/core";
import { shuffledOrder } from "../../data/shuffle.js";
import type { TrainingClips } from "../../data/training-clips.js";
import type { PreparedDataset } from "./prepared-dataset.js";

/**
 * Clips in shuffled order. What a batch holds depends on seed, step and batch size alone.
 *
 * @param seed - of the order
 */
export function trainingClips(dataset: PreparedDataset, seed: number | bigint): TrainingClips {
  const order = shuffledOrder(dataset.clips.length, seed);
  return {
    count: dataset.clips.length,
    videoTokens: dataset.manifest.video.tokens,
    pick: (step, batch) => order.take(step * batch, batch),
    video: (indices) => dataset.video(indices),
    async rows(indices, random) {
      const generators = indices.map((_, row) => random(row));
      const captions = drawCaptions(dataset, indices, generators);
      const [latents, { ids, mask }] = await Promise.all([
        drawLatents(dataset, indices, generators),
        dataset.textIds(indices, (row) => captions[row] as number),
      ]);
      return { latents, ids, mask };
    },
  };
}

/** Which of its captions each clip has this time: one number per row. */
export function drawCaptions(
  dataset: PreparedDataset,
  indices: readonly number[],
  generators: readonly Random[],
): readonly number[] {
  return generators.map((generator, row) => {
    const { length } = dataset.clips[indices[row] as number]?.texts ?? [];
    return length > 1 ? generator.integer(0, length) : 0;
  });
}

/** Latents [clips, channels, frames], drawn from their distribution where the codec says one. */
export async function drawLatents(
  dataset: PreparedDataset,
  indices: readonly number[],
  generators: readonly Random[],
): Promise<Float32Array> {
  const { audio } = dataset.manifest;
  const size = audio.channels * audio.frames;
  // Drawn before anything is awaited, so that the order of draws does not depend on the disk.
  const seeds = audio.deviation ? generators.map((generator) => generator.integer(0, 2 ** 32)) : [];
  const { mean, std } = await dataset.latents(indices);
  if (std) {
    for (const [row, seed] of seeds.entries()) {
      const noise = normalArray(seed, ["posterior"], size);
      for (let i = 0, at = row * size; i < size; i++, at++)
        mean[at] = (mean[at] as number) + (std[at] as number) * (noise[i] as number);
    }
  }
  return mean;
}
