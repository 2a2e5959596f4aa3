/** From the tokens of every patch to those that a bridge reads: the mean of each frame, or of each cell of a grid over it. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import { ops } from "@foley-control/graph";
import type { TokenGrid } from "./rotary-3d.js";

/**
 * `"frame"`: one token per time step. `"grid8"`, `"grid16"`: 8×8 or 16×16 tokens per time step, row by row; a network with 256
 * pixels per side and patches of 16 has 16×16, so that `"grid16"` keeps every token.
 */
export type Pooling = "frame" | "grid8" | "grid16";

/** Cells per side of the picture. */
export const POOLING_SIDES: Readonly<Record<Pooling, number>> = { frame: 1, grid8: 8, grid16: 16 };

/** One token per tubelet time step: the mean over space after the final norm (`frame` pooling of Foley Control). */
export function framePool(tokens: GraphValue, grid: TokenGrid): GraphValue {
  const [batch, , width] = tokens.shape as readonly [number, number, number];
  return ops.mean(ops.reshape(tokens, [batch, grid.time, grid.height * grid.width, width]), [2]);
}

/**
 * Means over the cells of a grid of `down`×`across` cells: [batch, time·down·across, width], time-major, then rows, then columns.
 *
 * @param across - As many as `down` by default; a picture that is not square has square cells with another number.
 * @throws FoleyError `invalid-argument` when the patches do not divide into the cells.
 */
export function gridPool(tokens: GraphValue, grid: TokenGrid, down: number, across = down): GraphValue {
  if (grid.height % down !== 0 || grid.width % across !== 0) {
    throw new FoleyError("invalid-argument", `${grid.height}×${grid.width} patches do not divide into ${down}×${across} cells.`, {
      hint: `Choose another pooling, or a picture size whose patches divide into ${down} rows and ${across} columns.`,
    });
  }
  const [rows, columns] = [grid.height / down, grid.width / across];
  if (rows === 1 && columns === 1) return tokens;
  const [batch, , width] = tokens.shape as readonly [number, number, number];
  const cells = ops.mean(ops.reshape(tokens, [batch, grid.time, down, rows, across, columns, width]), [3, 5]);
  return ops.reshape(cells, [batch, grid.time * down * across, width]);
}

/** Tokens of every patch → pooled tokens. */
export const pool = (tokens: GraphValue, grid: TokenGrid, pooling: Pooling): GraphValue =>
  pooling === "frame" ? framePool(tokens, grid) : gridPool(tokens, grid, POOLING_SIDES[pooling]);
