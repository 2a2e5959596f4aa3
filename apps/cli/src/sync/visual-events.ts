/**
 * Sudden changes of motion in a picture: peaks in the change of frame-difference energy. A moment where something that
 * moved stops, starts or turns around. Good for impacts in a quiet picture; cuts and flashes count too.
 */
import type { MediaFile } from "@foley-control/media/node";

/** Pixels per side at which frames are compared. */
const SIZE = 96;
/** Most frames per second that are looked at. */
const FASTEST = 60;
/** Least time between two events, seconds. */
const SPACING = 0.12;
/** A peak must exceed this multiple of the local median. */
const MEDIAN_FACTOR = 4;
/** Half-width of that neighbourhood, seconds. */
const NEIGHBOURHOOD = 0.75;
/** Least change of the mean absolute difference, on the scale 0..255. */
const FLOOR = 0.05;

/** Times of events in seconds. */
export async function visualEvents(media: MediaFile, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<readonly number[]> {
  const fps = Math.min(FASTEST, media.info.video?.fps ?? 25);
  const energy: number[] = [];
  let before: Uint8Array | undefined;
  for await (const { rgb } of media.frames({ fps, size: [SIZE, SIZE], signal: options.signal })) {
    energy.push(before === undefined ? 0 : meanDifference(before, rgb));
    before = rgb;
  }
  return motionChanges(energy, fps);
}

/** Peaks of |energy[i + 1] − energy[i]|; energy 0 belongs to the first frame, which has none before it. */
export function motionChanges(energy: readonly number[], fps: number): readonly number[] {
  const change = energy.map((value, i) => (i < 2 ? 0 : Math.abs(value - (energy[i - 1] as number))));
  const reach = Math.max(1, Math.round(NEIGHBOURHOOD * fps));
  const candidates = change.flatMap((value, i) => {
    const around = change.slice(Math.max(0, i - reach), i + reach + 1).sort((a, b) => a - b);
    const median = around[around.length >> 1] as number;
    const peak = value >= (change[i - 1] ?? 0) && value > (change[i + 1] ?? 0);
    // The change shows between this frame and the one before.
    return peak && value > FLOOR + MEDIAN_FACTOR * median ? [{ time: (i - 0.5) / fps, value }] : [];
  });
  const kept: { time: number; value: number }[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.value - a.value || a.time - b.time)) {
    if (kept.every(({ time }) => Math.abs(time - candidate.time) >= SPACING)) kept.push(candidate);
  }
  return kept.map(({ time }) => time).sort((a, b) => a - b);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}
