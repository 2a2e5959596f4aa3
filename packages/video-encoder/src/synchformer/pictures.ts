/** Pictures as Synchformer wants them: 25 per second, the middle square of each, segments of 16 that overlap by half. */
import { FoleyError, type Picture } from "@foley-control/core";
import { normalisation, type Square, squares, writePlanes } from "../squares.js";

/** Frames of a segment, from one to the next, frames per second, and the side of their squares in pixels. */
export const SYNCHFORMER_SEGMENT = { rate: 25, length: 16, step: 8, size: 224 } as const;

const TABLES = normalisation([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

/**
 * The middle square of a frame: the short side resized to 224 pixels, then cut; half a pixel goes to the even side.
 *
 * @param frame - One of those on screen at `pickTimes` of 25 per second
 * @returns [224, 224, 3]
 */
export function synchformerSquare(frame: Picture): Square {
  const { size } = SYNCHFORMER_SEGMENT;
  return squares(frame, size, (long) => [roundHalfEven((long - size) / 2)])[0] as Square;
}

/** Python's `round`, for numbers ≥ 0. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** The pixels [3, 224, 224] of a square, in −1..1. */
export function squarePixels(square: Square): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(square.length);
  writePlanes(square, TABLES, pixels, 0);
  return pixels;
}

/** How many segments that many frames hold; what is left at the end is not looked at. */
export function synchformerSegments(frames: number): number {
  const { length, step } = SYNCHFORMER_SEGMENT;
  return Math.max(0, Math.floor((frames - length) / step) + 1);
}

/**
 * The pixels of some segments, which are made when they are needed: those of 10 s would be 290 MB.
 *
 * @param frames - Squares of a video, 25 per second
 * @param first - First segment that is wanted
 * @param count - How many
 * @returns [count, 16, 3, 224, 224] in −1..1
 * @throws FoleyError `invalid-argument` when there are not so many
 */
export function synchformerPixels(frames: readonly Square[], first: number, count: number): Float32Array<ArrayBuffer> {
  const { length, step } = SYNCHFORMER_SEGMENT;
  const there = synchformerSegments(frames.length);
  if (!(Number.isInteger(first) && Number.isInteger(count)) || first < 0 || count < 1 || first + count > there)
    throw new FoleyError(
      "invalid-argument",
      `${frames.length} frames hold ${there} segments; ${count} from the segment ${first} on were asked for.`,
    );
  const picture = 3 * SYNCHFORMER_SEGMENT.size ** 2;
  const pixels = new Float32Array(count * length * picture);
  for (let i = 0; i < count * length; i++) {
    const frame = frames[(first + Math.floor(i / length)) * step + (i % length)] as Square;
    writePlanes(frame, TABLES, pixels, i * picture);
  }
  return pixels;
}
