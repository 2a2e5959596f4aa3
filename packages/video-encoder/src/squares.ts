/** Pictures as torchvision prepares them for the networks: the short side resized, squares cut out, bytes to normalised planes. */
import type { Picture } from "@foley-control/core";
import { bicubicResize } from "@foley-control/signal";

/** Pixels [side, side, 3] cut out of a picture. */
export type Square = Uint8Array<ArrayBuffer>;

/**
 * Resizes until the short side is `side` pixels, by an antialiased cubic filter in integers, and cuts squares out along the long side.
 *
 * @param rounding - whose integers the filter has
 * @param offsets - Where the squares begin, of the length of the resized long side; a picture on its side is cut along its width
 */
export function squares(
  picture: Picture,
  side: number,
  offsets: (long: number) => readonly number[],
  rounding: "pytorch" | "pillow" = "pytorch",
): readonly Square[] {
  const { rgb, height, width } = picture;
  const [short, long] = [Math.min(height, width), Math.trunc((side * Math.max(height, width)) / Math.min(height, width))];
  const [tall, wide] = height === short ? [side, long] : [long, side];
  return offsets(long).map((offset) => {
    const [left, top] = height === short ? [offset, 0] : [0, offset];
    return bicubicResize(rgb, width, height, wide, tall, { crop: { left, top, width: side, height: side }, rounding });
  });
}

/** The float32 of every byte of every colour: (byte · 1/255 − mean) / deviation, each step rounded to float32 as PyTorch does. */
export function normalisation(mean: readonly number[], std: readonly number[]): readonly Float32Array[] {
  const unit = Math.fround(1 / 255);
  return mean.map((centre, colour) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const shifted = Math.fround(Math.fround(byte * unit) - Math.fround(centre));
      return shifted / Math.fround(std[colour] as number);
    }),
  );
}

/** Writes a square's planes [3, side, side] into `pixels` from `at` on. */
export function writePlanes(square: Square, tables: readonly Float32Array[], pixels: Float32Array, at: number): void {
  const plane = square.length / tables.length;
  tables.forEach((table, colour) => {
    const from = at + colour * plane;
    for (let i = 0; i < plane; i++) pixels[from + i] = table[square[tables.length * i + colour] as number] as number;
  });
}
