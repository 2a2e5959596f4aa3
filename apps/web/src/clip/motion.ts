/**
 * How much moves, from the sizes of encoded pictures: what a codec cannot take from the picture before it must be written, so the bytes of pictures
 * that are no key frames follow movement. It costs a look at the index where decoding an hour would take an hour's share of a processor. Codecs whose
 * pictures all stand for themselves say nothing this way, and get no curve.
 */

/** One encoded picture. */
export interface PictureSize {
  /** Seconds. */
  readonly time: number;
  readonly bytes: number;
  readonly key: boolean;
}

/** Values per second of the curve. */
export const MOTION_PER_SECOND = 10;
/** This share of the values lies below 1: a few outliers (cuts) do not flatten the rest. */
const FULL_SCALE_QUANTILE = 0.98;

/** Makes the curve of a clip of `duration` seconds, 0 to 1; empty when the sizes say nothing. */
export function motionCurve(sizes: readonly PictureSize[], duration: number): Float32Array {
  const count = Math.max(1, Math.ceil(duration * MOTION_PER_SECOND));
  const [sums, counts] = [new Float64Array(count), new Uint32Array(count)];
  let differences = 0;
  for (const { time, bytes, key } of sizes) {
    if (key || !(time >= 0)) continue;
    const at = Math.min(count - 1, Math.floor(time * MOTION_PER_SECOND));
    sums[at] = (sums[at] as number) + bytes;
    counts[at] = (counts[at] as number) + 1;
    differences++;
  }
  if (differences < sizes.length / 4) return new Float32Array(0);
  const means = Float64Array.from(sums, (sum, i) => sum / Math.max(1, counts[i] as number));
  // Where only a key frame lies, the value before goes on; three values are averaged, as pictures between others are smaller than those.
  for (let i = 1; i < count; i++) if (counts[i] === 0) means[i] = means[i - 1] as number;
  const smooth = Float32Array.from(means, (value, i) => ((means[i - 1] ?? value) + 2 * value + (means[i + 1] ?? value)) / 4);
  const sorted = Float32Array.from(smooth).sort();
  const [rest, full] = [sorted[0] as number, sorted[Math.floor((count - 1) * FULL_SCALE_QUANTILE)] as number];
  return full > rest ? smooth.map((value) => Math.min(1, (value - rest) / (full - rest))) : new Float32Array(count);
}
