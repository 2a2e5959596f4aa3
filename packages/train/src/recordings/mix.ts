/** Takes put into a clip: at a time, at a level, a little higher or lower than they were recorded. */

import type { Random } from "@foley-control/core";
import type { SoundEvent } from "../clip-sound.js";
import type { Recording } from "./recording.js";

/** Two onsets closer than this are one to a listener, seconds. */
const ONE = 0.03;
/** Most by which a take's pitch differs from how it was recorded. */
const PITCH = 0.06;

/** A take at `ratio` times its pitch, cubic between samples (Catmull & Rom 1974). */
export function pitched(audio: Float32Array, ratio: number): Float32Array {
  const at = (i: number): number => audio[Math.min(Math.max(i, 0), audio.length - 1)] as number;
  return Float32Array.from({ length: Math.floor(audio.length / ratio) }, (_, i) => {
    const place = i * ratio;
    const k = Math.floor(place);
    const t = place - k;
    const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  });
}

/** Adds a take whose first onset falls on `time`; returns the onsets that it brings into the clip. */
export function addTake(
  out: Float32Array,
  take: Recording,
  { time, strength, gain, sampleRate }: { time: number; strength: number; gain: number; sampleRate: number },
  random: Random,
): readonly SoundEvent[] {
  const ratio = random.range(1 - PITCH, 1 + PITCH);
  const sound = pitched(take.audio, ratio);
  const first = take.onsets[0]?.time ?? 0;
  const start = Math.round((time - first / ratio) * sampleRate);
  for (let i = Math.max(0, -start); i < Math.min(sound.length, out.length - start); i++)
    (out[start + i] as number) += gain * (sound[i] as number);
  const loudest = take.onsets[0]?.strength ?? 1;
  return take.onsets
    .map((onset) => ({
      time: time + (onset.time - first) / ratio,
      strength: Math.min(1, (strength * onset.strength) / loudest),
    }))
    .filter((event) => event.time >= 0 && event.time < out.length / sampleRate);
}

/** Events in order of time; of those that are heard as one the strongest. */
export function inOrder(events: readonly SoundEvent[]): readonly SoundEvent[] {
  const kept: SoundEvent[] = [];
  for (const event of [...events].sort((a, b) => a.time - b.time)) {
    const last = kept.at(-1);
    if (last === undefined || event.time - last.time >= ONE) kept.push(event);
    else if (event.strength > last.strength) kept[kept.length - 1] = { time: last.time, strength: event.strength };
  }
  return kept;
}

/** Adds the quiet of a room, so that nothing is digitally silent, and keeps the peak below full scale. */
export function finish(out: Float32Array, random: Random): void {
  const floor = 10 ** (random.range(-78, -60) / 20);
  let low = 0;
  let peak = 0;
  for (let i = 0; i < out.length; i++) {
    low += 0.2 * (random.uniform() - 0.5 - low);
    const value = (out[i] as number) + 3 * floor * low;
    out[i] = value;
    peak = Math.max(peak, Math.abs(value));
  }
  if (peak > 0.95) for (let i = 0; i < out.length; i++) (out[i] as number) *= 0.95 / peak;
}
