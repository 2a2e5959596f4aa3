/**
 * An early-convolution stem for the small encoder (Xiao et al. 2021, "Early convolutions help transformers see better"):
 * patches of half the size, one mixing over time and one over space, then four patches merge into one token. A vision
 * transformer of this size that starts from whole patches needs far more clips before it sees a thing stop or turn.
 * Convolutions are written as shifted copies and one matrix product.
 */
import type { GraphValue } from "@foley-control/core";
import { linear, ops, parameter } from "@foley-control/graph";
import type { TokenGrid } from "./rotary-3d.js";

/** Shape of the stem. */
export interface ConvolutionStemConfig {
  /** Channels before the patches merge. */
  readonly width: number;
}

/** Name of the first layer's weight, [width, 3, tubelet, patch/2, patch/2]. */
export const STEM_EMBEDDING = "encoder.stem.embed.weight";

/**
 * @param pixels - [batch, time·tubelet, 3, height·patch, width·patch].
 * @param grid - Tokens after the merge.
 * @returns [batch, time·height·width, hiddenSize].
 */
export function convolutionStem(pixels: GraphValue, grid: TokenGrid, sizes: { readonly patch: number; readonly tubelet: number; readonly hidden: number }, config: ConvolutionStemConfig): GraphValue {
  const batch = pixels.shape[0] as number;
  const p = sizes.patch / 2;
  const { time, height, width } = { time: grid.time, height: 2 * grid.height, width: 2 * grid.width };
  const cut = ops.transpose(ops.reshape(pixels, [batch, time, sizes.tubelet, 3, height, p, width, p]), [0, 1, 4, 6, 3, 2, 5, 7]);
  const inputs = 3 * sizes.tubelet * p * p;
  const weight = ops.reshape(parameter(STEM_EMBEDDING, [config.width, 3, sizes.tubelet, p, p]), [config.width, inputs]);
  let x = ops.matmul(ops.reshape(cut, [batch, time, height, width, inputs]), ops.transpose(weight, [1, 0]));
  x = ops.add(x, mixed(neighbours(x, [1]), "encoder.stem.time", config.width));
  x = ops.add(x, mixed(neighbours(x, [2, 3]), "encoder.stem.space", config.width));
  x = ops.add(x, mixed(neighbours(x, [1]), "encoder.stem.time2", config.width));
  const merged = ops.transpose(ops.reshape(x, [batch, time, grid.height, 2, grid.width, 2, config.width]), [0, 1, 2, 4, 3, 5, 6]);
  return linear(ops.reshape(merged, [batch, time * grid.height * grid.width, 4 * config.width]), "encoder.stem.merge", sizes.hidden, true);
}

const mixed = (x: GraphValue, name: string, width: number): GraphValue => linear(ops.gelu(linear(x, `${name}.fc1`, 2 * width, true)), `${name}.fc2`, width, true);

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
