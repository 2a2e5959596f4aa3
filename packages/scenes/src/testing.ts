/** Helpers of this package's tests: what a clip sounds like in a handful of numbers, and a nearest-neighbour vote over them. */
import type { SceneAudio, SceneEvent } from "./types.js";

const BINS = 48;

/** Log centroid, log spread and three decay steps of the sound that starts at `time`, scaled to similar variance. */
export function soundFeatures(audio: Float32Array, sampleRate: number, time: number): number[] {
  const start = Math.round(time * sampleRate);
  const length = 2048;
  let total = 0;
  let centroid = 0;
  const power: number[] = [];
  const logs: number[] = [];
  const shown = Float64Array.from(
    { length },
    (_, i) => (audio[start + i] ?? 0) * (i < length / 4 ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length)),
  );
  for (let k = 0; k < BINS; k++) {
    const frequency = 50 * 220 ** (k / (BINS - 1));
    const w = (2 * Math.PI * frequency) / sampleRate;
    let re = 0;
    let im = 0;
    for (let i = 0; i < length; i++) {
      const value = shown[i] as number;
      re += value * Math.cos(w * i);
      im += value * Math.sin(w * i);
    }
    power.push(re * re + im * im);
    logs.push(Math.log(frequency));
    total += re * re + im * im;
    centroid += Math.log(frequency) * (re * re + im * im);
  }
  centroid /= total;
  let spread = 0;
  for (let k = 0; k < BINS; k++) spread += ((power[k] as number) / total) * ((logs[k] as number) - centroid) ** 2;
  const energy = (from: number, to: number) => {
    let sum = 1e-12;
    for (let i = Math.round(from * sampleRate); i < Math.round(to * sampleRate); i++) sum += (audio[start + i] ?? 0) ** 2;
    return 10 * Math.log10(sum / ((to - from) * sampleRate));
  };
  const first = energy(0, 0.02);
  return [
    2 * centroid,
    2 * Math.sqrt(spread),
    (energy(0.02, 0.04) - first) / 8,
    (energy(0.06, 0.09) - first) / 10,
    (energy(0.12, 0.17) - first) / 12,
  ];
}

/** The strongest event with 0.2 s to itself, if there is one. */
export function clearEvent(scene: SceneAudio): SceneEvent | undefined {
  const { events } = scene;
  const clear = events.filter((event, i) => (events[i + 1]?.time ?? scene.seconds) - event.time > 0.2);
  return clear.length === 0 ? undefined : clear.reduce((a, b) => (b.velocity > a.velocity ? b : a));
}

/** Majority label of the five nearest examples. */
export function nearestLabel(
  examples: readonly { readonly features: readonly number[]; readonly label: string }[],
  features: readonly number[],
): string {
  const near = examples
    .map(({ features: other, label }) => ({
      label,
      distance: other.reduce((sum, value, i) => sum + (value - (features[i] as number)) ** 2, 0),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5);
  const votes = new Map<string, number>();
  for (const { label } of near) votes.set(label, (votes.get(label) ?? 0) + 1);
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
