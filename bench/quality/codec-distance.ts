/**
 * How far a rebuilt sound is from the original, in the figures that papers on codecs print. For comparison: on recorded sounds at 24 kHz,
 * EnCodec is given with an STFT distance of 0.94 and the Descript Audio Codec with 0.87, both at 6 kbit/s (Wang et al., BSCodec, arXiv
 * 2511.06150, README of whr-a/espnet, branch bscodec, which does not say whether magnitudes are squared). Rendered scenes are easier than
 * recordings, and a latent of this codec is not quantised, so the figures stand beside each other and are not a contest.
 */
import { spectrogram } from "@foley-control/signal";

/** Windows of the multi-resolution distance, samples; a quarter of each between frames. */
export const DISTANCE_WINDOWS = [2048, 512] as const;
/** Magnitudes below count as this. */
const FLOOR = 1e-5;
/** Bins of the original this far below a full-scale bin and further are left out of the level difference, dB. */
const AUDIBLE_DB = -80;

/** Distances of a rebuilt sound from its original. */
export interface CodecDistance {
  /**
   * As the Descript Audio Codec reports it ("STFT distance", Kumar et al., arXiv 2306.06546; `MultiScaleSTFTLoss` of its repository): for
   * windows of 2048 and 512 samples the mean absolute difference of log10 of the squared magnitudes plus that of the magnitudes, summed.
   */
  readonly stft: number;
  /** Mean absolute difference of levels in dB, all bins, mean over the windows. */
  readonly decibels: number;
  /** The same over bins where the original is above −80 dB. */
  readonly audibleDecibels: number;
}

/** Distances between two sounds of the same length; a full-scale sine has a magnitude of a quarter of the window. */
export function codecDistance(original: Float32Array, rebuilt: Float32Array): CodecDistance {
  let stft = 0;
  let decibels = 0;
  let audible = 0;
  for (const size of DISTANCE_WINDOWS) {
    const options = { fftSize: size, hop: size / 4, power: 1 } as const;
    const [a, b] = [spectrogram(original, options).values, spectrogram(rebuilt, options).values];
    const quiet = (size / 4) * 10 ** (AUDIBLE_DB / 20);
    let logs = 0;
    let magnitudes = 0;
    let loud = 0;
    let loudCount = 0;
    for (let i = 0; i < a.length; i++) {
      const difference = Math.abs(2 * Math.log10(Math.max(FLOOR, a[i]!)) - 2 * Math.log10(Math.max(FLOOR, b[i]!)));
      logs += difference;
      magnitudes += Math.abs(a[i]! - b[i]!);
      if (a[i]! < quiet) continue;
      loud += difference;
      loudCount++;
    }
    stft += (logs + magnitudes) / a.length;
    decibels += (10 * logs) / a.length / DISTANCE_WINDOWS.length;
    audible += (10 * loud) / Math.max(1, loudCount) / DISTANCE_WINDOWS.length;
  }
  return { stft, decibels, audibleDecibels: audible };
}
