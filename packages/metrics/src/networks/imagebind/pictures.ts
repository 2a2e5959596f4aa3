/** Pictures as ImageBind wants them: one every two seconds, three squares of each, clips of two that follow each other. */
import { FoleyError, type Picture } from "@foley-control/core";
import { normalisation, type Square, squares, writePlanes } from "@foley-control/video-encoder";
import { IMAGEBIND_INPUT } from "./imagebind.js";

/** Frames per second that a video is looked at with. */
export const IMAGEBIND_FRAME_RATE = 0.5;

/** The colours of CLIP's training set. */
const TABLES = normalisation([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]);

/**
 * The squares at the start, in the middle and at the end of a frame: the short side resized to 224 pixels, cut along the other.
 *
 * @param frame - One of those on screen at `pickTimes` of one every two seconds
 * @returns three of [224, 224, 3]
 */
export function imagebindSquares(frame: Picture): readonly Square[] {
  const { size } = IMAGEBIND_INPUT;
  return squares(frame, size, (long) => [0, Math.ceil((long - size) / 2), long - size]);
}

/**
 * The pixels of all clips: every two frames that follow each other, at each of the three places; 9 clips of 8 s, 12 of 10 s.
 *
 * @param frames - Squares of a video's frames, at least two
 * @returns [3·(frames − 1), 2, 3, 224, 224], place by place, then on to the next pair
 * @throws FoleyError `invalid-argument` for less than two frames
 */
export function imagebindPixels(frames: readonly (readonly Square[])[]): Float32Array<ArrayBuffer> {
  const { frames: length, size } = IMAGEBIND_INPUT;
  if (frames.length < length)
    throw new FoleyError("invalid-argument", `${frames.length} frames are too few for ImageBind; ${length} were expected.`, {
      hint: "Leave out clips below 4 s: two frames are two seconds apart.",
    });
  const places = frames[0]?.length ?? 0;
  const picture = 3 * size ** 2;
  const pixels = new Float32Array((frames.length + 1 - length) * places * length * picture);
  let at = 0;
  for (let first = 0; first + length <= frames.length; first++)
    for (let place = 0; place < places; place++)
      for (let i = 0; i < length; i++) {
        writePlanes(frames[first + i]?.[place] as Square, TABLES, pixels, at);
        at += picture;
      }
  return pixels;
}
