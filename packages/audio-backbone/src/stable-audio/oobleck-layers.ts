/**
 * Layers of the Oobleck autoencoder (Evans et al. 2024, "Fast Timing-Conditioned Latent Audio Diffusion"; stable-audio-tools
 * `models/autoencoders.py` and `models/blocks.py`), over [batch, channels, time].
 */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";

/** Dilations of the three residual units of a block. */
export const DILATIONS = [1, 3, 9] as const;
/** Taps of the wide convolutions; they reach this half to both sides, times the dilation. */
export const WIDE = 7;

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

/** x + sin²(e^α·x)/e^β per channel (Ziyin et al. 2020, "Neural Networks Fail to Learn Periodic Functions"; β as in BigVGAN, Lee et al. 2023). */
export function snake(x: GraphValue, name: string): GraphValue {
  const channels = x.shape[1] as number;
  const exponential = (key: string) => ops.exp(ops.reshape(parameter(`${name}.${key}`, [channels]), [1, channels, 1]));
  const wave = ops.square(ops.sin(ops.multiply(x, exponential("alpha"))));
  return ops.add(x, ops.multiply(wave, ops.reciprocal(ops.add(exponential("beta"), 1e-9))));
}

/** x + what a dilated and a pointwise convolution, each behind a snake, make of it. */
export function residualUnit(x: GraphValue, name: string, dilation: number): GraphValue {
  const channels = x.shape[1] as number;
  const same = { from: channels, to: channels };
  const wide = weightNormConvolution(snake(x, `${name}.layers.0`), `${name}.layers.1`, {
    ...same,
    taps: WIDE,
    dilation,
    padding: (dilation * (WIDE - 1)) / 2,
  });
  const pointwise = { ...same, taps: 1, padding: 0 };
  return ops.add(x, weightNormConvolution(snake(wide, `${name}.layers.2`), `${name}.layers.3`, pointwise));
}
