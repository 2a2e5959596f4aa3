/** Sound as Synchformer hears it: a spectrogram for each segment of 0.64 s. */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { type MelSpectrogramOptions, melSpectrogram, type Samples } from "@foley-control/signal";
import { bandsFirst, melTensor } from "../../frontends/mels.js";
import { DESYNC_SEGMENT_SAMPLES } from "../../statistics/desync.js";

/** Synchformer's sound at 16 kHz. */
export const SYNCHFORMER_MEL = {
  sampleRate: 16000,
  fftSize: 1024,
  windowLength: 400,
  hop: 160,
  bands: 128,
  minimumHz: 0,
  maximumHz: 8000,
  scale: "htk",
  norm: "none",
  logOffset: 1e-6,
} as const satisfies MelSpectrogramOptions;

/** How Synchformer's sound is cut and scaled. */
export interface SynchformerSoundOptions {
  /** Front-end. Default {@link SYNCHFORMER_MEL}. */
  readonly mel?: MelSpectrogramOptions;
  /** Samples of a segment. Default 10240. */
  readonly segment?: number;
  /** Samples from one segment to the next. Default 5120. */
  readonly step?: number;
  /** Frames that a segment is filled up to. Default 66. */
  readonly frames?: number;
  /** Mean of the training set. */
  readonly mean?: number;
  /** Half of what the numbers are divided by: the standard deviation of the training set. */
  readonly deviation?: number;
}

/**
 * Segments for Synchformer [segments, 1, 128, 66]. Each segment has its own transform, reflected at both of its ends.
 *
 * @param samples - One channel at 16 kHz.
 * @throws FoleyError `invalid-argument` for a sound shorter than one segment.
 */
export function synchformerMel(samples: Samples, options: SynchformerSoundOptions = {}): PlainTensor<"float32"> {
  const { length, step: apart } = DESYNC_SEGMENT_SAMPLES;
  const { mel: front = SYNCHFORMER_MEL, segment = length, step = apart, frames = 66 } = options;
  const { mean = -4.2677393, deviation = 4.5689974 } = options;
  const segments = Math.floor((samples.length - segment) / step) + 1;
  if (segments < 1)
    throw new FoleyError("invalid-argument", `${samples.length} samples are shorter than one segment of ${segment}.`, {
      hint: "Synchformer needs at least that much sound; leave the clip out.",
    });
  const bands = front.bands ?? 0;
  const values = new Float64Array(segments * bands * frames);
  for (let index = 0; index < segments; index++) {
    const mel = melSpectrogram(samples.subarray(index * step, index * step + segment), front);
    values.set(
      bandsFirst(mel, frames, (x) => (x - mean) / (2 * deviation)),
      index * bands * frames,
    );
  }
  return melTensor([segments, 1, bands, frames], values);
}
