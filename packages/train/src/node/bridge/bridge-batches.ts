/** Batches of prepared clips for a bridge in any backbone. What is in one depends on seed and step alone. */
import { clipSize, type EncodedText } from "@foley-control/audio-backbone";
import { type AudioBackbone, createRandom, normalArray, type PlainTensor, type Random } from "@foley-control/core";
import type { BridgePlan } from "../../bridge-plan.js";
import { captionInputs } from "../../conditioning.js";
import { shuffledOrder } from "../../data/shuffle.js";
import { dropVideo } from "../../drop-video.js";
import { drawTimes } from "../../times.js";
import type { PreparedDataset } from "../prepare/prepared-dataset.js";

type Batch = Record<string, PlainTensor<"float32">>;

/** Which clips of a dataset: all of them where no rows are given. */
export interface ClipChoice {
  /** Read row by row. */
  readonly dataset: PreparedDataset;
  /** What stands in for text that is dropped, for backbones that have nothing else: the encoded empty text. */
  readonly silence?: EncodedText | undefined;
  /** Places in `dataset.clips`. */
  readonly rows?: readonly number[] | undefined;
}

/** The inputs of `bridgeLoss`, step by step. */
export interface BridgeBatches {
  /** Of one step. */
  batch(step: number): Promise<Batch>;
  /** Ids of the clips in the batch of a step. */
  name(step: number): string;
}

const rowsOf = ({ dataset, rows }: ClipChoice): readonly number[] => rows ?? [...dataset.clips.keys()];

/** Shuffled clips, every one once an epoch, with noise, times and what is dropped, all keyed by (seed, step). */
export function bridgeBatches(clips: ClipChoice, backbone: AudioBackbone, plan: BridgePlan): BridgeBatches {
  const { seed, batch, drop } = plan;
  const all = rowsOf(clips);
  const order = shuffledOrder(all.length, seed);
  const drawn = (step: number) => order.take(step * batch, batch).map((place) => all[place] as number);
  return {
    name: (step) =>
      drawn(step)
        .map((row) => clips.dataset.clips[row]?.id ?? String(row))
        .join(", "),
    async batch(step) {
      const random = createRandom(seed, "bridge", step);
      const dropped = Array.from({ length: batch }, () => random.chance(drop.text));
      const made = await clipBatch(clips, backbone, drawn(step), seed, step, dropped);
      dropVideo(made["video"] as PlainTensor<"float32">, random, drop);
      return { ...made, time: floats([batch], drawTimes(plan.times, batch, step, seed, "bridge")) };
    },
  };
}

/** Clips to judge by, in batches: whole, always with the same noise; their times are the caller's. */
export function heldOutBatches(
  clips: ClipChoice,
  backbone: AudioBackbone,
  size: number,
): { readonly batches: number; readonly batch: (index: number) => Promise<Batch> } {
  const all = rowsOf(clips);
  return {
    batches: Math.floor(all.length / size),
    batch: (index) => clipBatch(clips, backbone, all.slice(index * size, (index + 1) * size), 0, index),
  };
}

async function clipBatch(
  { dataset, silence }: ClipChoice,
  backbone: AudioBackbone,
  rows: readonly number[],
  seed: number,
  step: number,
  dropped: readonly boolean[] = [],
): Promise<Batch> {
  const { audio, video, text, seconds } = dataset.manifest;
  const batch = rows.length;
  const generators = rows.map((_, row) => createRandom(seed, "bridge", step, "caption", row));
  const captions = drawCaptions(dataset, rows, generators);
  const [latents, { tokens, mask }, seen] = await Promise.all([
    drawLatents(dataset, rows, generators),
    dataset.textTokens(rows, (row) => captions[row] as number),
    dataset.video(rows),
  ]);
  // A clip without a caption is one without text, as when sound is made.
  const kept = rows.map((clip, row) => !dropped[row] && Boolean(dataset.clips[clip]?.texts[captions[row] as number]?.trim()));
  const words = { tokens: floats([batch, text.length, text.tokenWidth], tokens), mask: floats([batch, text.length], mask), kept };
  const shape = [batch, audio.channels, audio.frames];
  return {
    latents: floats(shape, latents),
    noise: floats(shape, normalArray(seed, ["bridge", "noise", step], latents.length)),
    video: floats([batch, video.tokens, video.tokenWidth], seen),
    ...captionInputs(backbone, clipSize(backbone, seconds), seconds, words, silence),
  };
}

/** Which of its captions each clip has this time: one number per row. */
function drawCaptions(dataset: PreparedDataset, rows: readonly number[], generators: readonly Random[]): readonly number[] {
  return generators.map((generator, row) => {
    const { length } = dataset.clips[rows[row] as number]?.texts ?? [];
    return length > 1 ? generator.integer(0, length) : 0;
  });
}

/** Latents [clips, channels, frames], drawn from their distribution where the codec says one. */
export async function drawLatents(
  dataset: PreparedDataset,
  rows: readonly number[],
  generators: readonly Random[],
): Promise<Float32Array> {
  const { audio } = dataset.manifest;
  const size = audio.channels * audio.frames;
  // Drawn before anything is awaited, so that the order of draws does not depend on the disk.
  const seeds = audio.deviation ? generators.map((generator) => generator.integer(0, 2 ** 32)) : [];
  const { mean, std } = await dataset.latents(rows);
  if (std) {
    for (const [row, seed] of seeds.entries()) {
      const noise = normalArray(seed, ["posterior"], size);
      for (let i = 0, at = row * size; i < size; i++, at++)
        mean[at] = (mean[at] as number) + (std[at] as number) * (noise[i] as number);
    }
  }
  return mean;
}

const floats = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
