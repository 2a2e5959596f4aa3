/** A prepared dataset as clips to train on: shuffled anew every epoch, latents drawn from their distribution. */
import { normalArray } from "@foley-control/core";
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
  const { audio, video } = dataset.manifest;
  const size = audio.channels * audio.frames;
  return {
    count: dataset.clips.length,
    videoTokens: video.tokens,
    pick: (step, batch) => order.take(step * batch, batch),
    video: (indices) => dataset.video(indices),
    async rows(indices, random) {
      const generators = indices.map((_, row) => random(row));
      const captions = generators.map((generator, row) => {
        const { length } = dataset.clips[indices[row] as number]?.texts ?? [];
        return length > 1 ? generator.integer(0, length) : 0;
      });
      const [{ mean, std }, { ids, mask }] = await Promise.all([
        dataset.latents(indices),
        dataset.textIds(indices, (row) => captions[row] as number),
      ]);
      if (std) {
        for (const [row, generator] of generators.entries()) {
          const noise = normalArray(generator.integer(0, 2 ** 32), ["posterior"], size);
          for (let i = 0, at = row * size; i < size; i++, at++)
            mean[at] = (mean[at] as number) + (std[at] as number) * (noise[i] as number);
        }
      }
      return { latents: mean, ids, mask };
    },
  };
}
