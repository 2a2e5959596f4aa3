/** The last touch on decoded sound: exact length, a short fade at the end, and a gain only where it would clip. */
import { applyGain, fadeOut } from "@foley-control/signal";

/** Length of the fade at the end, seconds. */
const FADE_SECONDS = 0.005;
/** Highest sample peak that is left alone, dB relative to full scale. */
const PEAK_CEILING_DB = -1;

/** Finished channels. */
export interface FinishedSound {
  readonly channels: readonly Float32Array[];
  /** Static gain that was applied, dB; 0 unless the peak was above the ceiling. */
  readonly gainDb: number;
}

/** Cuts or pads channels to `round(seconds × rate)` samples, fades their end, and lowers them as a whole when they are too loud. */
export function finishSound(channels: readonly Float32Array[], sampleRate: number, seconds: number): FinishedSound {
  const length = Math.round(seconds * sampleRate);
  let peak = 0;
  const faded = channels.map((channel) => {
    const exact = new Float32Array(length);
    exact.set(channel.subarray(0, length));
    const out = fadeOut(exact, sampleRate, Math.min(FADE_SECONDS, seconds));
    for (const value of out) peak = Math.max(peak, Math.abs(value));
    return out;
  });
  const peakDb = 20 * Math.log10(peak);
  if (!(peakDb > PEAK_CEILING_DB)) return { channels: faded, gainDb: 0 };
  return applyGain(faded, PEAK_CEILING_DB - peakDb);
}
