/** What can be said of pictures without a network: cuts, and whether anything moves. */
import type { Picture } from "@foley-control/core";
import type { ClipScores } from "./rules.js";

/**
 * A change of picture beyond this is a cut: the mean of the absolute differences of hue, saturation and value on OpenCV's scale of bytes
 * (PySceneDetect's ContentDetector, `threshold=27.0`).
 */
export const CUT_THRESHOLD = 27;
/** Two cuts are at least as far apart, seconds (ContentDetector's 15 frames at 30 fps). */
const CUT_SECONDS = 0.5;
/** Points per side at which pictures are looked at; PySceneDetect skips pixels in the same way. */
const POINTS = 64;

/** Names of the scores of `pictureScorer`. */
export const PICTURE_SCORES = ["cuts", "cutScore", "motion"] as const;

/** Takes pictures one after the other and says their scores in the end. */
export interface PictureScorer {
  /** The next picture; `repeated` when it equals the one before. */
  add(picture: Picture, repeated?: boolean): void;
  /**
   * - `cuts`: sudden changes of the whole picture beyond {@link CUT_THRESHOLD}; `cutScore`: the largest change.
   * - `motion`: mean absolute difference of luma from picture to picture, 0 to 255; near 0 for a still.
   *
   * All `null` with fewer than two pictures.
   */
  scores(): ClipScores;
}

/**
 * Makes a scorer.
 *
 * @param frameRate - pictures per second. Fewer pictures lie further apart, so both scores are somewhat higher than at the rate of a file.
 */
export function pictureScorer(frameRate: number): PictureScorer {
  let before: Float32Array | undefined;
  let count = 0;
  let [cuts, highest, motion] = [0, 0, 0];
  let lastCut = Number.NEGATIVE_INFINITY;
  return {
    add(picture, repeated = false) {
      count++;
      if (repeated && before) return;
      const now = sampledColours(picture);
      if (before) {
        const change = meanDifferences(before, now);
        motion += change.luma;
        highest = Math.max(highest, change.content);
        const time = (count - 1) / frameRate;
        if (change.content >= CUT_THRESHOLD && time - lastCut >= CUT_SECONDS) {
          cuts++;
          lastCut = time;
        }
      }
      before = now;
    },
    scores: () =>
      count < 2 ? { cuts: null, cutScore: null, motion: null } : { cuts, cutScore: highest, motion: motion / (count - 1) },
  };
}

/** Hue (0..180), saturation, value (0..255) and luma at a grid of points, as OpenCV has them for bytes. */
function sampledColours({ rgb, height, width }: Picture): Float32Array {
  const [rows, columns] = [Math.min(POINTS, height), Math.min(POINTS, width)];
  const colours = new Float32Array(rows * columns * 4);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const y = Math.floor(((row + 0.5) * height) / rows);
    for (let column = 0; column < columns; column++) {
      const at = 3 * (y * width + Math.floor(((column + 0.5) * width) / columns));
      const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
      const value = Math.max(r, g, b);
      const range = value - Math.min(r, g, b);
      const sector = range === 0 ? 0 : value === r ? (g - b) / range : value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
      colours[to++] = 30 * (sector < 0 ? sector + 6 : sector);
      colours[to++] = value === 0 ? 0 : (255 * range) / value;
      colours[to++] = value;
      colours[to++] = 0.299 * r + 0.587 * g + 0.114 * b;
    }
  }
  return colours;
}

function meanDifferences(a: Float32Array, b: Float32Array): { readonly content: number; readonly luma: number } {
  let [content, luma] = [0, 0];
  for (let i = 0; i < a.length; i += 4) {
    for (let j = 0; j < 3; j++) content += Math.abs((a[i + j] as number) - (b[i + j] as number));
    luma += Math.abs((a[i + 3] as number) - (b[i + 3] as number));
  }
  const points = a.length / 4;
  return { content: content / (3 * points), luma: luma / points };
}
