/** Mel powers as the benches look at sounds: a hundred frames a second, from 60 Hz up to what the rate holds. */
import { melSpectrogram } from "@foley-control/signal";

/** Seconds from one frame to the next. */
export const MEL_STEP_SECONDS = 0.01;

/** Powers `[frames × bands]`. */
export function melPowers(samples: Float32Array, sampleRate: number, bands: number): ReturnType<typeof melSpectrogram> {
  return melSpectrogram(samples, {
    sampleRate,
    fftSize: 1024,
    hop: Math.round(MEL_STEP_SECONDS * sampleRate),
    bands,
    minimumHz: 60,
    maximumHz: 0.48 * sampleRate,
    logarithm: "none",
  });
}
