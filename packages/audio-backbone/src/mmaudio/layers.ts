/**
 * Layers of MMAudio's flow network (`model/low_level.py`, `model/transformer_layers.py`) over rows [batch, rows, channels]. Its convolutions run
 * along the rows: a latent sees its neighbours, which is how timing finer than a row gets in.
 */
import type { GraphValue } from "@foley-control/core";
import { float, linear, ops, parameter, headRmsNorm as rmsNormOfHeads } from "@foley-control/graph";

/** float32's epsilon, which PyTorch's RMS norm adds. */
const RMS_EPSILON = 2 ** -23;

/** Channels inside a gated layer for rows of a width: two thirds of four times as many, up to the next multiple of 256. */
const innerWidth = (width: number): number => 256 * Math.ceil(Math.trunc((8 * width) / 3) / 256);

/** A linear layer of so many rows: one tap is a matrix, more are a convolution along the rows with zeros at the ends. */
export function rowLayer(x: GraphValue, name: string, width: number, taps: number, bias = false): GraphValue {
  if (taps === 1) return linear(x, name, width, bias);
  const weight = parameter(`${name}.weight`, [width, x.shape[2] as number, taps]);
  const options = { padding: (taps - 1) / 2, bias: bias ? parameter(`${name}.bias`, [width]) : undefined };
  return ops.transpose(ops.convolution(ops.transpose(x, [0, 2, 1]), weight, options), [0, 2, 1]);
}

/** w2·(SiLU(w1·x) ⊙ (w3·x)), Shazeer 2020, with layers of so many taps. */
export function swiGlu(x: GraphValue, name: string, taps: number): GraphValue {
  const width = x.shape.at(-1) as number;
  const inner = innerWidth(width);
  const layer = (value: GraphValue, part: string, to: number) =>
    taps === 1 ? linear(value, `${name}.${part}`, to) : rowLayer(value, `${name}.${part}`, to, taps);
  return layer(ops.multiply(ops.silu(layer(x, "w1", inner)), layer(x, "w3", inner)), "w2", width);
}

/** Normalised rows, scaled and moved: LN(x)·(1 + scale) + shift; the norm has no weights of its own. */
export function modulated(x: GraphValue, shift: GraphValue, scale: GraphValue, epsilon = 1e-5): GraphValue {
  const ones = float(new Float32Array(x.shape[2] as number).fill(1));
  return ops.add(ops.multiply(ops.layerNormalization(x, ones, undefined, epsilon), ops.add(scale, 1)), shift);
}

/** Each head divided by its root mean square, times learned weights (Zhang & Sennrich 2019). */
export const headRmsNorm = (x: GraphValue, name: string, heads: number, epsilon = RMS_EPSILON): GraphValue =>
  rmsNormOfHeads(x, parameter(`${name}.weight`, [(x.shape[2] as number) / heads]), heads, epsilon);

/** The scaled exponential unit (Klambauer et al. 2017). */
export function selu(x: GraphValue): GraphValue {
  const below = ops.multiply(ops.subtract(ops.exp(ops.minimum(x, 0)), 1), 1.6732632423543772);
  return ops.multiply(ops.where(ops.greater(x, 0), x, below), 1.0507009873554805);
}
