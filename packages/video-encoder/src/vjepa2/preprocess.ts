/**
 * A picture as V-JEPA 2 wants it, bit for bit as the `VJEPA2VideoProcessor` of Hugging Face makes it: the short edge to 256/224 of
 * the crop, the middle of it, normalised.
 */
import type { Picture, VideoEncoder } from "@foley-control/core";
import { bilinearResize } from "@foley-control/signal";

/** Mean and deviation of the colours on the 0..1 scale, RGB: those of ImageNet. */
export const VJEPA2_NORMALISATION: VideoEncoder["normalisation"] = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Pixels of the resized edge for an edge of the crop. */
const resizedEdge = (crop: number): number => Math.trunc((crop * 256) / 224);

/** How a picture is resized, and what is cut out of it. */
export interface CropPlan {
  /** Height of the resized picture. */
  readonly height: number;
  /** Width of the resized picture. */
  readonly width: number;
  /** First row that is kept. */
  readonly top: number;
  /** First column that is kept. */
  readonly left: number;
}

/**
 * Resizes until the picture just covers 256/224 of the crop both ways, and keeps the middle.
 *
 * @param height - Pixels of the picture.
 * @param width - Pixels of the picture.
 * @param size - `[height, width]` of the crop.
 */
export function planCrop(height: number, width: number, size: readonly [number, number]): CropPlan {
  const [tall, wide] = [resizedEdge(size[0]), resizedEdge(size[1])];
  // The direction that needs the larger factor is met exactly, the other one is cut down to whole pixels.
  const byHeight = tall * width >= wide * height;
  const resized = {
    height: byHeight ? tall : Math.trunc((wide * height) / width),
    width: byHeight ? Math.trunc((tall * width) / height) : wide,
  };
  return {
    ...resized,
    top: Math.floor((resized.height - size[0]) / 2),
    left: Math.floor((resized.width - size[1]) / 2),
  };
}

/**
 * The bytes that are kept of a picture.
 *
 * @param picture - Any size.
 * @param size - `[height, width]` of the crop.
 * @returns [size[0], size[1], 3].
 */
export function cropPicture({ rgb, height, width }: Picture, size: readonly [number, number]): Uint8Array<ArrayBuffer> {
  const plan = planCrop(height, width, size);
  const crop = { left: plan.left, top: plan.top, width: size[1], height: size[0] };
  return bilinearResize(rgb, width, height, plan.width, plan.height, { crop });
}

/** The float32 of every byte of every colour: (byte − 255·mean) / (255·deviation), each step rounded to float32. */
export function normaliseTable({ mean, std }: VideoEncoder["normalisation"]): readonly Float32Array[] {
  return mean.map((centre, colour) => {
    const shift = Math.fround(255 * Math.fround(centre));
    const scale = Math.fround(255 * Math.fround(std[colour] as number));
    return Float32Array.from({ length: 256 }, (_, byte) => Math.fround(byte - shift) / scale);
  });
}

/**
 * What makes the pixels of a frame.
 *
 * @param size - `[height, width]` that the network sees.
 * @returns A function from an RGB picture of any size to planes [3, height, width].
 */
export function vjepa2Preprocess(
  size: readonly [number, number],
  normalisation: VideoEncoder["normalisation"] = VJEPA2_NORMALISATION,
): NonNullable<VideoEncoder["preprocess"]> {
  const table = normaliseTable(normalisation);
  return (frame) => {
    const picture = cropPicture(frame, size);
    const plane = size[0] * size[1];
    const pixels = new Float32Array(3 * plane);
    table.forEach((values, colour) => {
      for (let i = 0; i < plane; i++) pixels[colour * plane + i] = values[picture[3 * i + colour] as number] as number;
    });
    return pixels;
  };
}
