/**
 * Onsets of a sound that lies elsewhere and is read stretch by stretch. They are those of `detectOnsets`, to the last bit: what is near is looked at with
 * as much before and after as has a say, and what all of a sound decides, how loud its loudest band is, is found out first.
 */
import { assertHas } from "@foley-control/core";
import { findOnsets, type OnsetCandidate, type OnsetDetection, onsetSettings, selectOnsets } from "./onset-detect.js";
import {
  type BandLevels,
  DEFAULT_ONSET_STRENGTH,
  floorOf,
  loudestOf,
  measureBands,
  onsetHop,
  risesOf,
} from "./onset-strength.js";

/** Length of a stretch, seconds. */
const STRETCH_SECONDS = 20;
/** What is read before and after it, seconds: more than windows, medians and the place of a change reach. */
const AROUND_SECONDS = 0.5;

/** One channel that is read in parts. */
export interface SampleSource {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples. */
  readonly length: number;
  /** Samples [from, to). */
  read(from: number, to: number): Promise<Float32Array>;
}

/**
 * Finds onsets as `detectOnsets` does with its defaults; some seconds of the sound are in memory at a time, each is read twice.
 *
 * @throws FoleyError `invalid-argument` for a bad rate, or a sample that is not finite
 * @example
 * ```ts
 * const { times } = await detectOnsetsInParts({ sampleRate, length, read: async (from, to) => (await sound.read(from, to))[0] });
 * ```
 */
export async function detectOnsetsInParts(source: SampleSource): Promise<OnsetDetection> {
  assertHas("source", source, "read", "a sound that is read in parts", "Pass { sampleRate, length, read }.");
  const settings = onsetSettings({});
  let loudest = Number.NEGATIVE_INFINITY;
  for await (const { levels, first, end } of stretches(source)) loudest = Math.max(loudest, loudestOf(levels.bands, first, end));
  const floor = floorOf(loudest, {});
  const candidates: OnsetCandidate[] = [];
  for await (const { levels, samples, from, first, end } of stretches(source)) {
    const { sampleRate, length } = source;
    candidates.push(...findOnsets(risesOf(levels, floor, {}), { samples, from, sampleRate, length }, settings, [first, end]));
  }
  return selectOnsets(candidates, settings);
}

/** Stretches with what is around them; frames [first, end) of each are its own. */
async function* stretches({ sampleRate, length, read }: SampleSource) {
  const hop = onsetHop(sampleRate, DEFAULT_ONSET_STRENGTH.hopSeconds);
  const frames = Math.max(1, Math.floor(length / hop) + 1);
  const [own, around] = [STRETCH_SECONDS, AROUND_SECONDS].map((seconds) => Math.ceil((seconds * sampleRate) / hop)) as [
    number,
    number,
  ];
  for (let at = 0; at < frames; at += own) {
    const before = Math.max(0, at - around);
    const last = Math.min(frames, at + own);
    const samples = await read(before * hop, Math.min(length, (last + around) * hop));
    const levels: BandLevels = measureBands(samples, sampleRate, {});
    yield { levels, samples, from: before * hop, first: at - before, end: last - before };
  }
}
