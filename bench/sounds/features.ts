/** Numbers that say how a sound is coloured and how it moves, for a Fréchet distance without a learned network. */
import { melPowers } from "../shared/mel.js";

const BANDS = 16;
/** Levels below this count as it, dB of full scale. */
const FLOOR_DB = -90;

/** Per mel band the mean level, its spread over time, and how much it rises from one hundredth of a second to the next, all in tens of dB. */
export function colourAndMovement(samples: Float32Array, sampleRate: number): readonly number[] {
  const { values, frames } = melPowers(samples, sampleRate, BANDS);
  const level = (frame: number, band: number): number =>
    Math.max(FLOOR_DB, 10 * Math.log10(values[frame * BANDS + band]! / 1024 + 1e-12)) / 10;
  return Array.from({ length: BANDS }, (_, band) => {
    let [sum, squares, rises] = [0, 0, 0];
    for (let frame = 0; frame < frames; frame++) {
      const value = level(frame, band);
      sum += value;
      squares += value * value;
      if (frame > 0) rises += Math.max(0, value - level(frame - 1, band));
    }
    const mean = sum / frames;
    return [mean, Math.sqrt(Math.max(0, squares / frames - mean * mean)), rises / Math.max(1, frames - 1)];
  }).flat();
}
