/** Batch normalisation with the statistics of training (Ioffe & Szegedy 2015): one factor and one number per channel. */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";

const EPSILON = 1e-5;

/** Factor and number to add of each channel; they depend on parameters alone, so a runtime computes them once. */
function affineOf(name: string, channels: number): { readonly scale: GraphValue; readonly shift: GraphValue } {
  const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((part) =>
    parameter(`${name}.${part}`, [channels]),
  ) as [GraphValue, GraphValue, GraphValue, GraphValue];
  const scale = ops.divide(weight, ops.sqrt(ops.add(variance, EPSILON)));
  return { scale, shift: ops.subtract(bias, ops.multiply(mean, scale)) };
}

/** Normalises the channels, which are on the last axis of x. */
export function batchNormLast(x: GraphValue, name: string): GraphValue {
  const { scale, shift } = affineOf(name, x.shape.at(-1) as number);
  return ops.add(ops.multiply(x, scale), shift);
}

/**
 * A convolution without bias and the normalisation behind it as one convolution: the factors go into its weight.
 *
 * @param x - [batch, in, ...spatial].
 * @param weight - [out, in, ...taps].
 * @param norm - Prefix of the normalisation's parameters.
 */
export function normalisedConvolution(
  x: GraphValue,
  weight: GraphValue,
  norm: string,
  options: ops.ConvolutionOptions,
): GraphValue {
  const channels = weight.shape[0] as number;
  const { scale, shift } = affineOf(norm, channels);
  const scaled = ops.multiply(
    weight,
    ops.reshape(
      scale,
      weight.shape.map((_, axis) => (axis === 0 ? channels : 1)),
    ),
  );
  return ops.convolution(x, scaled, { ...options, bias: shift });
}
