/** Single sounds from recordings: where each begins, and takes of them that start just before. */

import { detectOnsets } from "@foley-control/signal";
import type { SoundEvent } from "../clip-sound.js";
import type { Recording } from "./recording.js";

/** Seconds of a take before its first onset. */
const LEAD = 0.004;
/** Level at which the first onset is, relative to the loudest stretch. */
const RISEN = 0.15;
/** Length of the stretches whose level counts, seconds. */
const STRETCH = 0.002;
/** Further onsets weaker than this, relative to the strongest, are part of the sound. */
const WEAKEST = 0.25;
/** Least time between two onsets of a recording, seconds. */
const APART = 0.06;
/** Seconds after an onset that say how strong it is. */
const STRENGTH_SECONDS = 0.02;
/** Longest single sound that is cut from a row of them, seconds. */
const LONGEST_CUT = 0.4;

/** The recording at a peak of 1, its silence before the first onset cut off, and its onsets. */
export function asHit(audio: Float32Array, sampleRate: number): Pick<Recording, "audio" | "onsets"> {
  const levels = levelsOf(audio, sampleRate, STRETCH);
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const first =
    Math.max(
      0,
      levels.findIndex((level) => level >= RISEN * loudest),
    ) * Math.round(STRETCH * sampleRate);
  const start = Math.max(0, first - Math.round(LEAD * sampleRate));
  const take = normalised(audio.subarray(start));
  const at = (first - start) / sampleRate;
  const found = detectOnsets(take, sampleRate).times.filter((time) => time >= at + APART);
  const strengths = [at, ...found].map((time) => strengthAt(take, time, sampleRate));
  const strongest = Math.max(...strengths, 1e-9);
  const onsets: SoundEvent[] = [];
  for (const [i, time] of [at, ...found].entries()) {
    const strength = Math.max(0.05, (strengths[i] as number) / strongest);
    const last = onsets.at(-1);
    if (i === 0 || (strength >= WEAKEST && last !== undefined && time - last.time >= APART)) onsets.push({ time, strength });
  }
  return { audio: take, onsets };
}

/** What sounds one by one in a long recording, e.g. the ticks of a clock: from each clear onset to the next. */
export function cutHits(audio: Float32Array, sampleRate: number): readonly Float32Array[] {
  const { times } = detectOnsets(audio, sampleRate);
  const strengths = times.map((time) => strengthAt(audio, time, sampleRate));
  const strongest = Math.max(...strengths, 1e-9);
  return times.flatMap((time, i) => {
    const next = times[i + 1] ?? audio.length / sampleRate;
    if ((strengths[i] as number) < 0.4 * strongest || next - time < 0.1) return [];
    const from = Math.max(0, Math.round((time - 0.012) * sampleRate));
    const cut = audio.slice(from, Math.round(Math.min(next - 0.02, time + LONGEST_CUT) * sampleRate));
    const fade = Math.min(cut.length, Math.round(0.03 * sampleRate));
    for (let k = 0; k < fade; k++) (cut[cut.length - 1 - k] as number) *= k / fade;
    return [cut];
  });
}

/** The same sound with a peak of 1; silence stays silent. */
export function normalised(audio: Float32Array): Float32Array {
  const peak = audio.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return peak < 1e-6 ? audio.slice() : audio.map((value) => value / peak);
}

function strengthAt(audio: Float32Array, time: number, sampleRate: number): number {
  const from = Math.max(0, Math.round((time - 0.005) * sampleRate));
  let peak = 0;
  for (let i = from; i < Math.min(audio.length, from + Math.round(STRENGTH_SECONDS * sampleRate)); i++)
    peak = Math.max(peak, Math.abs(audio[i] as number));
  return peak;
}

function levelsOf(audio: Float32Array, sampleRate: number, seconds: number): number[] {
  const size = Math.max(1, Math.round(seconds * sampleRate));
  return Array.from({ length: Math.ceil(audio.length / size) }, (_, block) => {
    let sum = 0;
    for (let i = block * size; i < Math.min(audio.length, (block + 1) * size); i++) sum += (audio[i] as number) ** 2;
    return Math.sqrt(sum / size);
  });
}
