/** Batches for a bridge in any backbone, read from prepared clips. What is in one depends on the plan and the step alone. */
import type { EncodedText } from "@foley-control/audio-backbone";
import { type AudioBackbone, createRandom, normalArray, type PlainTensor } from "@foley-control/core";
import type { BridgePlan } from "../../bridge-plan.js";
import { captionInputs } from "../../conditioning.js";
import { shuffledOrder } from "../../data/shuffle.js";
import { dropVideo } from "../../drop-video.js";
import { drawTimes } from "../../times.js";
import type { PreparedDataset } from "../prepare/prepared-dataset.js";
import { drawCaptions, drawLatents } from "../prepare/training-clips.js";

type Batch = Record<string, PlainTensor>;

/** The inputs of `backboneBridgeLoss`, step by step. */
export interface BridgeBatches {
  /** Of one step. */
  batch(step: number): Promise<Batch>;
  /** Ids of the clips in the batch of a step. */
  name(step: number): string;
}

/** Shuffled clips with noise, times and what is dropped, all keyed by (seed, step). `silence`: see `silenceOf`. */
export function bridgeBatches(
  dataset: PreparedDataset,
  backbone: AudioBackbone,
  plan: BridgePlan,
  silence?: EncodedText,
): BridgeBatches {
  const { seed, batch, drop } = plan;
  const order = shuffledOrder(dataset.clips.length, seed);
  const rowsOf = (step: number) => order.take(step * batch, batch);
  return {
    name: (step) =>
      rowsOf(step)
        .map((row) => dataset.clips[row]?.id ?? String(row))
        .join(", "),
    async batch(step) {
      const random = createRandom(seed, "bridge", step);
      const made = await clipBatch(
        dataset,
        backbone,
        rowsOf(step),
        {
          seed,
          step,
          time: drawTimes(plan.times, batch, step, seed, "bridge"),
          textDrop: Float32Array.from({ length: batch }, () => (random.chance(drop.text) ? 1 : 0)),
        },
        silence,
      );
      dropVideo(made["video"] as PlainTensor<"float32">, random, drop);
      return made;
    },
  };
}

/** Held-out clips in batches: whole, always with the same noise; their times are the caller's. */
export function heldOutBatches(
  dataset: PreparedDataset,
  backbone: AudioBackbone,
  rows: number,
  silence?: EncodedText,
): { readonly batches: number; readonly batch: (index: number) => Promise<Batch> } {
  return {
    batches: Math.floor(dataset.clips.length / rows),
    async batch(index) {
      const clips = Array.from({ length: rows }, (_, row) => index * rows + row);
      const { time: _time, ...made } = await clipBatch(
        dataset,
        backbone,
        clips,
        {
          seed: 0,
          step: index,
          time: new Float32Array(rows),
          textDrop: new Float32Array(rows),
        },
        silence,
      );
      return made;
    },
  };
}

async function clipBatch(
  dataset: PreparedDataset,
  backbone: AudioBackbone,
  rows: readonly number[],
  drawn: { readonly seed: number; readonly step: number; readonly time: Float32Array; readonly textDrop: Float32Array },
  silence: EncodedText | undefined,
): Promise<Batch> {
  const { audio, video, text, seconds } = dataset.manifest;
  const { seed, step } = drawn;
  const batch = rows.length;
  const generators = rows.map((_, row) => createRandom(seed, "bridge", step, "caption", row));
  const captions = drawCaptions(dataset, rows, generators);
  const [latents, tokens, { mask }, seen] = await Promise.all([
    drawLatents(dataset, rows, generators),
    dataset.textTokens(rows, (row) => captions[row] as number),
    dataset.textIds(rows, (row) => captions[row] as number),
    dataset.video(rows),
  ]);
  // A clip without a caption is one without text, as when sound is made.
  const kept = rows.map(
    (clip, row) => drawn.textDrop[row] === 0 && Boolean(dataset.clips[clip]?.texts[captions[row] as number]?.trim()),
  );
  const shape = [batch, audio.channels, audio.frames];
  const words = {
    tokens: floats([batch, text.length, text.tokenWidth], tokens),
    mask: floats([batch, text.length], mask),
    kept,
  };
  return {
    latents: floats(shape, latents),
    noise: floats(shape, normalArray(seed, ["bridge", "noise", step], latents.length)),
    time: floats([batch], drawn.time),
    video: floats([batch, video.tokens, video.tokenWidth], seen),
    ...captionInputs(backbone, audio.frames, seconds, words, silence),
  };
}

const floats = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });
