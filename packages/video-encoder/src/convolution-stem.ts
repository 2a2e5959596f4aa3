/**
 * An early-convolution stem for the small encoder (Xiao et al. 2021, "Early convolutions help transformers see better"):
 * small patches, mixed with their neighbours in time and in space by turns, then merged into the transformer's tokens. A
 * vision transformer of this size that starts from whole patches needs far more clips before it sees a thing stop or turn.
 * Convolutions are written as shifted copies and one matrix product.
 */
import type { GraphValue } from "@foley-control/core";
import { layerNorm, linear, ops, parameter } from "@foley-control/graph";
import type { TokenGrid } from "./rotary-3d.js";

/** Shape of the stem. */
export interface ConvolutionStemConfig {
  /** Channels before the patches merge. */
  readonly width: number;
  /** Small patches per token and axis. */
  readonly merge: number;
  /** Axes along which neighbours mix, sublayer by sublayer. */
  readonly mixing: readonly ("time" | "space")[];
}

/** Name of the first layer's weight, [width, 3, tubelet, patch/merge, patch/merge]. */
export const STEM_EMBEDDING = "encoder.stem.embed.weight";

/**
 * @param pixels - [batch, time·tubelet, 3, height·patch, width·patch].
 * @param grid - Tokens after the merge.
 * @returns Small patches [batch, time, rows, columns, width].
 */
export function convolutionStem(
  pixels: GraphValue,
  grid: TokenGrid,
  sizes: { readonly patch: number; readonly tubelet: number },
  config: ConvolutionStemConfig,
): GraphValue {
  const batch = pixels.shape[0] as number;
  const p = sizes.patch / config.merge;
  const [rows, columns] = [config.merge * grid.height, config.merge * grid.width];
  const split = ops.reshape(pixels, [batch, grid.time, sizes.tubelet, 3, rows, p, columns, p]);
  const cut = ops.transpose(split, [0, 1, 4, 6, 3, 2, 5, 7]);
  const inputs = 3 * sizes.tubelet * p * p;
  const weight = ops.reshape(parameter(STEM_EMBEDDING, [config.width, 3, sizes.tubelet, p, p]), [config.width, inputs]);
  let x = ops.matmul(ops.reshape(cut, [batch, grid.time, rows, columns, inputs]), ops.transpose(weight, [1, 0]));
  config.mixing.forEach((kind, i) => {
    const name = `encoder.stem.mix.${i}`;
    const around = neighbours(layerNorm(x, `${name}.norm.weight`, `${name}.norm.bias`), kind === "time" ? [1] : [2, 3]);
    x = ops.add(x, linear(ops.gelu(linear(around, `${name}.fc1`, config.width, true)), `${name}.fc2`, config.width, true));
  });
  return x;
}

/** Small patches → tokens [batch, time·height·width, hidden]. */
export function mergePatches(patches: GraphValue, grid: TokenGrid, hidden: number, config: ConvolutionStemConfig): GraphValue {
  const batch = patches.shape[0] as number;
  const m = config.merge;
  const split = ops.reshape(patches, [batch, grid.time, grid.height, m, grid.width, m, config.width]);
  const grouped = ops.transpose(split, [0, 1, 2, 4, 3, 5, 6]);
  const tokens = ops.reshape(grouped, [batch, grid.time * grid.height * grid.width, m * m * config.width]);
  return linear(tokens, "encoder.stem.merge", hidden, true);
}

/** Every element with its neighbours along the axes, zeros outside: the channels of a convolution of width 3. */
function neighbours(x: GraphValue, axes: readonly number[]): GraphValue {
  let copies: readonly GraphValue[] = [x];
  for (const axis of axes) {
    copies = copies.flatMap((copy) => {
      const size = copy.shape[axis] as number;
      return [ops.slice(ops.pad(copy, axis, 1, 0), axis, 0, size), copy, ops.slice(ops.pad(copy, axis, 0, 1), axis, 1, size + 1)];
    });
  }
  return ops.concat(copies, x.shape.length - 1);
}
