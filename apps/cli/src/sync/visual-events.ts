/**
 * Sudden changes of motion in a picture: peaks in the change of frame-difference energy. A moment where something that
 * moved stops, starts or turns around. Good for impacts in a quiet picture; cuts and flashes count too.
 */
import type { MediaFile } from "@foley-control/media/node";

/** Pixels per side at which frames are compared. */
const SIZE = 96;
/** Most frames per second that are looked at. */
const FASTEST = 60;
/** Stretch over which motion is averaged before and after a moment, seconds. */
const AVERAGE = 0.07;
/** Least time between two events, seconds. */
const SPACING = 0.12;
/** A peak must exceed this multiple of the local median. */
const MEDIAN_FACTOR = 4;
/** Half-width of that neighbourhood, seconds. */
const NEIGHBOURHOOD = 0.75;
/** Least change of the mean absolute difference, on the scale 0..255. */
const FLOOR = 0.05;
/** Changes below this part of the largest one are noise of the camera or the codec. */
const RELATIVE_FLOOR = 0.2;

/** Times of events in seconds. */
export async function visualEvents(
  media: MediaFile,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly number[]> {
  const fps = Math.min(FASTEST, media.info.video?.fps ?? 25);
  const energy: number[] = [];
  let before: Uint8Array | undefined;
  for await (const { rgb } of media.frames({ fps, size: [SIZE, SIZE], signal: options.signal })) {
    energy.push(before === undefined ? 0 : meanDifference(before, rgb));
    before = rgb;
  }
  return motionChanges(energy, fps);
}

/**
 * Peaks of the difference between the motion of the next frames and that of the last. Entry i of `energy` is the difference
 * of frames i − 1 and i; entry 0 says nothing.
 */
export function motionChanges(energy: readonly number[], fps: number): readonly number[] {
  const width = Math.max(1, Math.round(AVERAGE * fps));
  const mean = (from: number, to: number): number => {
    const part = energy.slice(Math.max(1, from), Math.max(1, to));
    return part.length === 0 ? Number.NaN : part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  const change = energy.map((_, i) => Math.abs(mean(i, i + width) - mean(i - width, i)) || 0);
  const reach = Math.max(1, Math.round(NEIGHBOURHOOD * fps));
  const candidates = change.flatMap((value, i) => {
    const around = change.slice(Math.max(0, i - reach), i + reach + 1).sort((a, b) => a - b);
    const median = around[around.length >> 1] as number;
    const peak = value >= (change[i - 1] ?? 0) && value > (change[i + 1] ?? 0);
    // Motion was one way up to frame i − 1 and is another from there on.
    return peak && value > FLOOR + MEDIAN_FACTOR * median ? [{ time: (i - 1) / fps, value }] : [];
  });
  const largest = candidates.reduce((most, { value }) => Math.max(most, value), 0);
  const kept: { time: number; value: number }[] = [];
  for (const candidate of candidates
    .filter(({ value }) => value >= RELATIVE_FLOOR * largest)
    .sort((a, b) => b.value - a.value || a.time - b.time)) {
    if (kept.every(({ time }) => Math.abs(time - candidate.time) >= SPACING)) kept.push(candidate);
  }
  return kept.map(({ time }) => time).sort((a, b) => a - b);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}
