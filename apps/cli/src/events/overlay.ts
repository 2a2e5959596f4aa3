/** The clip with its events drawn into the picture: a ring where something happens, when it does, with the clip's own sound. */
import type { EventTrack, FoleyEvent } from "@foley-control/core";
import { encodeVideo, type NodeMediaFile } from "@foley-control/media/node";

/** Longest side of the overlay, pixels. */
const LONGEST = 640;
/** Most frames per second. */
const FASTEST = 30;
/** How long a ring is seen, seconds. */
const SHOWN = 0.25;
const COLOUR = [255, 64, 96] as const;

/** Options of {@link writeOverlay}. */
export interface OverlayOptions {
  /** Stretch of the clip, seconds. */
  readonly start: number;
  readonly duration: number;
  readonly onError?: "throw" | "hold" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the stretch as a video with rings; pictures go from file to file one at a time. */
export async function writeOverlay(
  media: NodeMediaFile,
  events: EventTrack,
  path: string,
  options: OverlayOptions,
): Promise<void> {
  const { start, duration, onError, signal } = options;
  const { video, audio } = media.info;
  const [width, height] = overlaySize(video?.width ?? 2, video?.height ?? 2);
  const fps = Math.min(FASTEST, video?.fps ?? FASTEST);
  async function* drawn(): AsyncGenerator<Uint8Array> {
    let index = 0;
    for await (const { rgb } of media.frames({ start, duration, fps, size: [height, width], fit: "fill", onError, signal })) {
      const time = start + (index++ + 0.5) / fps;
      yield drawEvents(rgb, [height, width], events, time);
    }
  }
  const sound = audio && (await media.audio({ start, duration, signal }));
  await encodeVideo({ frames: drawn(), width, height, fps, ...(sound && { audio: sound }) }, path, { signal });
}

/** Pixels, even, of the clip's shape. */
export function overlaySize(width: number, height: number): readonly [width: number, height: number] {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const even = (side: number): number => Math.max(2, 2 * Math.round((side * scale) / 2));
  return [even(width), even(height)];
}

/**
 * A copy of a picture with the events of a moment: rings that grow and fade; the frame of the picture lights up for an event without a place.
 *
 * @param size - `[height, width]`
 */
export function drawEvents(rgb: Uint8Array, size: readonly [number, number], events: EventTrack, time: number): Uint8Array {
  const now = events.filter((event) => time >= event.time && time < event.time + SHOWN);
  if (now.length === 0) return rgb;
  const out = rgb.slice();
  for (const event of now) drawEvent(out, size, event, (time - event.time) / SHOWN);
  return out;
}

function drawEvent(out: Uint8Array, [height, width]: readonly [number, number], event: FoleyEvent, age: number): void {
  const { place, strength } = event;
  const short = Math.min(height, width);
  const line = Math.max(1.5, short * 0.012);
  const radius = short * (0.03 + 0.08 * strength + 0.05 * age);
  const opacity = 1 - 0.8 * age;
  const paint = (row: number, column: number, share: number): void => {
    const at = 3 * (row * width + column);
    for (const [channel, value] of COLOUR.entries())
      out[at + channel] = Math.round((out[at + channel] as number) * (1 - share) + value * share);
  };
  const [cx, cy] = place ? [place.x * width, place.y * height] : [0, 0];
  const reach = radius + line;
  const [top, end] = place ? [Math.max(0, Math.floor(cy - reach)), Math.min(height, Math.ceil(cy + reach))] : [0, height];
  for (let row = top; row < end; row++) {
    const [left, right] = place ? [Math.max(0, Math.floor(cx - reach)), Math.min(width, Math.ceil(cx + reach))] : [0, width];
    for (let column = left; column < right; column++) {
      const distance = place
        ? Math.abs(Math.hypot(column + 0.5 - cx, row + 0.5 - cy) - radius)
        : Math.min(row, column, height - 1 - row, width - 1 - column);
      if (distance < line) paint(row, column, opacity * Math.min(1, line - distance));
    }
  }
}
