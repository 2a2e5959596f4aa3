/** Pictures as MMAudio shows them to CLIP: the whole picture stretched to a square, by a cubic filter on bytes. */
import type { Picture, VideoEncoder } from "@foley-control/core";
import { bicubicResize } from "@foley-control/signal";
import { normalisation, writePlanes } from "../squares.js";

/** Mean and deviation of the colours that CLIP was trained with. */
export const CLIP_NORMALISATION = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const satisfies VideoEncoder["normalisation"];

/** How colours become pixels. */
type Normalisation = VideoEncoder["normalisation"];

/** The bytes [side, side, 3] of a picture. */
export const clipSquare = ({ rgb, width, height }: Picture, side: number): Uint8Array =>
  bicubicResize(rgb, width, height, side, side);

/** Its pixels [3, side, side], normalised. */
export const clipPixels = (picture: Picture, side: number): Float32Array => pixelsBy(CLIP_NORMALISATION)(picture, side);

/** The same by another mean and deviation. */
export function pixelsBy({ mean, std }: Normalisation): (picture: Picture, side: number) => Float32Array {
  const tables = normalisation(mean, std);
  return (picture, side) => written(picture, side, tables);
}

function written(picture: Picture, side: number, tables: ReturnType<typeof normalisation>): Float32Array {
  const pixels = new Float32Array(3 * side * side);
  writePlanes(clipSquare(picture, side) as Uint8Array<ArrayBuffer>, tables, pixels, 0);
  return pixels;
}
