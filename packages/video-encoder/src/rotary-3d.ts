/**
 * 3-D rotary positions of V-JEPA 2 (Assran et al. 2025; facebookresearch/vjepa2 `modules.py`): a head is cut into a time,
 * a height and a width part, each turned by its own coordinate; the rest passes through.
 */
import { float, type RotaryTables } from "@foley-control/graph";

/**
 * `"tiled"` is V-JEPA 2.0: the angle table is tiled while the rotation takes adjacent pairs, so the two members of a pair
 * turn by different angles. The released weights were trained with it. `"interleaved"` is the corrected form of 2.1.
 */
export type Rotary3dLayout = "tiled" | "interleaved";

/** Grid of tokens. */
export interface TokenGrid {
  /** Tubelets along time. */
  readonly time: number;
  /** Patches along height. */
  readonly height: number;
  /** Patches along width. */
  readonly width: number;
}

/** Rotated channels per axis: 2·⌊⌊headWidth/3⌋/2⌋. */
const axisWidth = (headWidth: number): number => 2 * Math.floor(Math.floor(headWidth / 3) / 2);

/**
 * Tables for every token in time-major, row, column order.
 *
 * @param referenceGrid - Rows and columns are spread over the positions of so many patches per side, as V-JEPA 2.1 does (16), so
 * that a larger picture has positions in between and not beyond. A single row or column is at 0. Default: counted from 0.
 */
export function rotary3d(grid: TokenGrid, headWidth: number, layout: Rotary3dLayout, referenceGrid?: number): RotaryTables {
  const part = axisWidth(headWidth);
  const half = part / 2;
  const rows = grid.time * grid.height * grid.width;
  const width = 3 * part;
  const cos = new Float32Array(rows * width);
  const sin = new Float32Array(rows * width);
  const spread = (size: number) => (referenceGrid === undefined || size === 1 ? 1 : (referenceGrid - 1) / (size - 1));
  const [down, across] = [spread(grid.height), spread(grid.width)];
  for (let row = 0; row < rows; row++) {
    const inFrame = row % (grid.height * grid.width);
    const position = [
      Math.floor(row / (grid.height * grid.width)),
      Math.floor(inFrame / grid.width) * down,
      (inFrame % grid.width) * across,
    ];
    position.forEach((at, axis) => {
      for (let j = 0; j < part; j++) {
        const k = layout === "tiled" ? j % half : Math.floor(j / 2);
        const angle = at * 10000 ** (-k / half);
        cos[row * width + axis * part + j] = Math.cos(angle);
        sin[row * width + axis * part + j] = Math.sin(angle);
      }
    });
  }
  return { cos: float(cos, [rows, width]), sin: float(sin, [rows, width]), width, pairs: "adjacent" };
}
