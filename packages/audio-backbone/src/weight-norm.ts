/** Convolutions whose weights are kept as length and direction, over [batch, channels, time]: what autoencoders and vocoders are made of. */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";

/** Shape of a weight and what to do with it, see {@link weightNormConvolution}. */
export interface WeightNormOptions {
  /** Channels that go in. */
  readonly from: number;
  /** Channels that come out. */
  readonly to: number;
  /** Taps. */
  readonly taps: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Zeros on both sides. */
  readonly padding: number;
  /** Default true. */
  readonly bias?: boolean;
}

/**
 * A weight kept as length and direction (Salimans & Kingma 2016): `NAME.weight_g`·v/‖v‖ with v = `NAME.weight_v`, the norm over all axes
 * but the first. It depends on no input, so that the runtime computes it once, when it loads the graph.
 */
function weightNorm(name: string, shape: readonly [number, number, number]): GraphValue {
  const direction = parameter(`${name}.weight_v`, shape);
  const length = parameter(`${name}.weight_g`, [shape[0], 1, 1]);
  return ops.multiply(direction, ops.divide(length, ops.sqrt(ops.sum(ops.square(direction), [1, 2], true))));
}

const biasOf = (name: string, { to, bias = true }: WeightNormOptions) => (bias ? parameter(`${name}.bias`, [to]) : undefined);

/** A convolution with a normed weight. */
export function weightNormConvolution(x: GraphValue, name: string, options: WeightNormOptions): GraphValue {
  const { from, to, taps, stride = 1, dilation = 1, padding } = options;
  return ops.convolution(x, weightNorm(name, [to, from, taps]), { stride, dilation, padding, bias: biasOf(name, options) });
}

/** A transposed convolution with a normed weight; here the first axis, whose lengths are kept, is the input's. */
export function weightNormTransposedConvolution(x: GraphValue, name: string, options: WeightNormOptions): GraphValue {
  const { from, to, taps, stride = 1, padding } = options;
  return ops.transposedConvolution(x, weightNorm(name, [from, to, taps]), { stride, padding, bias: biasOf(name, options) });
}
