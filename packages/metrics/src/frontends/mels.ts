/**
 * What the log-mel front-ends of the networks share; each network has its own beside its graph. All take one channel at the network's
 * rate (see `centredMono` and `plainMono`) and give a float32 tensor that the graph takes as it is. They run here and not in a graph, for
 * |STFT|² leaves the range of float16.
 */
import type { PlainTensor } from "@foley-control/core";
import { type MelSpectrogram, type MelSpectrogramOptions, melSpectrogram, type Samples } from "@foley-control/signal";

/** Kaldi's filters: the flanks are straight in mel, and none has an area of 1. */
export const KALDI = { scale: "htk", norm: "none", triangles: "mel" } as const;

/**
 * Frames in decibels [1, 1, frames, bands], as PANNs and both CLAPs take them.
 *
 * @param samples - One channel at the network's rate, longer than half a transform
 * @throws FoleyError `invalid-argument` for a shorter one
 */
export function decibelMel(samples: Samples, options: MelSpectrogramOptions): PlainTensor<"float32"> {
  const { frames, bands, values } = melSpectrogram(samples, options);
  return melTensor([1, 1, frames, bands], values);
}

/** [bands × toFrames] of frames; frames that are missing have the value 0 before `change`. */
export function bandsFirst(
  { frames, bands, values }: MelSpectrogram,
  toFrames: number,
  change: (value: number) => number,
): Float64Array {
  const out = new Float64Array(bands * toFrames);
  for (let band = 0; band < bands; band++)
    for (let frame = 0; frame < toFrames; frame++)
      out[band * toFrames + frame] = change(frame < frames ? values[frame * bands + band]! : 0);
  return out;
}

/** The numbers in float32. */
export const melTensor = (shape: readonly number[], values: Float64Array): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(values),
});
