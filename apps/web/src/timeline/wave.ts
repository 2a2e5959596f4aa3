/** Waveforms as tiles: drawn once for a zoom, then only moved. A tile is drawn again while its sound is still being read. */

import type { Peaks } from "../clip/clip.js";
import { levelFor, peakBetween } from "../clip/peaks.js";
import type { PaintedTile } from "./paint.js";
import { createTileCache, TILE, tilesOver } from "./tiles.js";
import { type TimelineView, xOf } from "./view.js";

/** A sound that is drawn. */
export interface WaveSource {
  /** Names it: the same name is the same sound. */
  readonly id: string;
  readonly peaks: Peaks;
  /** Seconds of the clip at which it begins. */
  readonly start: number;
}

/** Draws a stretch of peaks: one column a pixel. */
export function paintWave(
  context: Pick<CanvasRenderingContext2D, "fillStyle" | "fillRect">,
  peaks: Peaks,
  {
    from,
    pixelsPerSecond,
    width,
    height,
    colour,
  }: {
    readonly from: number;
    readonly pixelsPerSecond: number;
    readonly width: number;
    readonly height: number;
    readonly colour: string;
  },
): void {
  const level = levelFor(peaks, peaks.sampleRate / pixelsPerSecond);
  if (level === undefined) return;
  context.fillStyle = colour;
  for (let x = 0; x < width; x++) {
    const begin = from + x / pixelsPerSecond;
    const end = begin + 1 / pixelsPerSecond;
    if (begin < 0 || begin >= peaks.ready) continue;
    const peak = peakBetween(level, peaks.sampleRate, begin, Math.min(end, peaks.ready));
    if (peak === undefined) continue;
    const [high, low] = [(0.5 - peak[1] / 2) * height, (0.5 - peak[0] / 2) * height];
    context.fillRect(x, high, 1, Math.max(1, low - high));
  }
}

/** Makes the tiles that a view needs. */
export interface WaveTiles {
  tiles(
    source: WaveSource | undefined,
    view: TimelineView,
    options: { readonly height: number; readonly colour: string; readonly ratio: number },
  ): readonly PaintedTile[];
  clear(): void;
}

/** A maker with a cache. */
export function createWaveTiles(): WaveTiles {
  const cache = createTileCache<OffscreenCanvas>();
  return {
    clear: cache.clear,
    tiles(source, view, { height, colour, ratio }) {
      if (source === undefined) return [];
      const { pixelsPerSecond } = view;
      const seconds = TILE / pixelsPerSecond;
      const from = view.start - source.start;
      const length = source.peaks.levels[0]
        ? (source.peaks.levels[0].values.length / 2) * (source.peaks.levels[0].samplesPerPeak / source.peaks.sampleRate)
        : 0;
      return tilesOver(Math.max(0, from), Math.min(length, from + view.width / pixelsPerSecond), seconds).map(
        ({ index, start }) => {
          const ready = Math.min(source.peaks.ready, start + seconds);
          const key = `${source.id} ${pixelsPerSecond} ${index} ${ready} ${height} ${colour} ${ratio}`;
          const image = cache.get(key, () => {
            const canvas = new OffscreenCanvas(Math.ceil(TILE * ratio), Math.ceil(height * ratio));
            const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
            paintWave(context as never, source.peaks, {
              from: start,
              pixelsPerSecond: pixelsPerSecond * ratio,
              width: canvas.width,
              height: canvas.height,
              colour,
            });
            return canvas;
          });
          return { image, start: xOf(view, start + source.start), width: TILE };
        },
      );
    },
  };
}
