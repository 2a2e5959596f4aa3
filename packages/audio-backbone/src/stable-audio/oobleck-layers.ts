/**
 * Layers of the Oobleck autoencoder (Evans et al. 2024, "Fast Timing-Conditioned Latent Audio Diffusion"; stable-audio-tools
 * `models/autoencoders.py` and `models/blocks.py`), over [batch, channels, time].
 */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";
import { weightNormConvolution } from "../weight-norm.js";

/** Dilations of the three residual units of a block. */
export const DILATIONS = [1, 3, 9] as const;
/** Taps of the wide convolutions; they reach this half to both sides, times the dilation. */
export const WIDE = 7;

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
