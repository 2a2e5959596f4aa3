/** Pictures as CLIP, SigLIP and DINOv2 were shown them by transformers, whose processors resize as Pillow does. */
import type { Picture, VideoEncoder } from "@foley-control/core";
import { bicubicResize, bilinearResize } from "@foley-control/signal";
import { CLIP_NORMALISATION } from "../clip/pictures.js";
import { normalisation, type Square, squares, writePlanes } from "../squares.js";
import type { PictureNetwork } from "./layouts.js";

const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Means and deviations that the families were trained with. */
export const PICTURE_COLOURS = {
  clip: CLIP_NORMALISATION,
  siglip: half,
  naflex: half,
  dinov2: imagenet,
  dinov3: imagenet,
} as const satisfies Readonly<Record<PictureNetwork["family"], VideoEncoder["normalisation"]>>;

/** DINOv2 is shown the middle 224 of 256 pixels. */
const MARGIN = 256 / 224;

const TABLES = new Map<PictureNetwork["family"], readonly Float32Array[]>();

/** A picture's pixels [3, height, width]: SigLIP and DINOv3 have all of it stretched over the size, the others a square of its middle. */
export function picturePixels(
  picture: Picture,
  family: PictureNetwork["family"],
  [height, width]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const { mean, std } = PICTURE_COLOURS[family];
  const tables = TABLES.get(family) ?? normalisation(mean, std);
  TABLES.set(family, tables);
  const pixels = new Float32Array(3 * height * width);
  writePlanes(resized(picture, family, [height, width]), tables, pixels, 0);
  return pixels;
}

function resized(picture: Picture, family: PictureNetwork["family"], [tall, wide]: readonly [number, number]): Square {
  const { rgb, width, height } = picture;
  const rounding = "pillow";
  if (family === "siglip" || family === "naflex" || family === "dinov3")
    return bilinearResize(rgb, width, height, wide, tall, { rounding });
  if (family === "clip" && tall === wide)
    return squares(picture, tall, (long) => [Math.floor((long - tall) / 2)], rounding)[0] as Square;
  // The shorter side reaches a little beyond what is kept.
  const scale = Math.max(tall / height, wide / width) * (family === "dinov2" ? MARGIN : 1);
  const [rows, columns] = [Math.max(tall, Math.round(height * scale)), Math.max(wide, Math.round(width * scale))];
  const crop = { left: Math.floor((columns - wide) / 2), top: Math.floor((rows - tall) / 2), width: wide, height: tall };
  return bicubicResize(rgb, width, height, columns, rows, { crop, rounding });
}

/**
 * The size in which NaFlex takes a picture: as large as so many patches allow, its shape kept but for each side, which is rounded up to whole
 * patches.
 *
 * @returns `[height, width]` in pixels
 */
export function naflexSize(
  { height, width }: Pick<Picture, "height" | "width">,
  { patch, patches }: { readonly patch: number; readonly patches: number },
): readonly [number, number] {
  const sized = (scale: number) =>
    [height, width].map((side) => Math.max(patch, Math.ceil((side * scale) / patch) * patch)) as [number, number];
  let [low, high] = [SMALLEST_SCALE, LARGEST_SCALE];
  while (high - low >= SCALE_STEP) {
    const scale = (low + high) / 2;
    const [rows, columns] = sized(scale);
    if ((rows / patch) * (columns / patch) <= patches) low = scale;
    else high = scale;
  }
  return sized(low);
}

/** Between these scales, to within this step, the reference looks. */
const [SMALLEST_SCALE, LARGEST_SCALE, SCALE_STEP] = [1e-6, 100, 1e-5];
