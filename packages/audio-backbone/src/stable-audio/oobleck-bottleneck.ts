/**
 * The variational bottleneck of the Oobleck autoencoder (Kingma & Welling 2014; stable-audio-tools `models/bottleneck.py`): the encoder
 * says a normal distribution per latent. stable-audio-tools always draws from it; the mean is the same without the noise.
 */
import type { GraphValue } from "@foley-control/core";
import { ops } from "@foley-control/graph";

/** A normal distribution per latent, [batch, channels, frames] each. */
export interface Posterior {
  /** Mean. */
  readonly mean: GraphValue;
  /** What the standard deviation is made of, as the encoder gives it. */
  readonly scale: GraphValue;
  /** Standard deviation: softplus(scale) + 1e-4. */
  readonly std: GraphValue;
}

/** Output of the encoder [batch, 2·channels, frames] → its distribution: means first, scales second. */
export function posteriorOf(encoded: GraphValue): Posterior {
  const channels = (encoded.shape[1] as number) / 2;
  const [mean, scale] = ops.split(encoded, [channels, channels], 1) as readonly [GraphValue, GraphValue];
  return { mean, scale, std: ops.add(ops.softplus(scale), 1e-4) };
}

/** mean + std·noise, with standard normal noise of the latents' shape. */
export function samplePosterior({ mean, std }: Posterior, noise: GraphValue): GraphValue {
  return ops.add(mean, ops.multiply(std, noise));
}

/** Twice the Kullback-Leibler divergence from the standard normal, summed over channels, averaged over batch and time, as in training. */
export function posteriorDivergence({ mean, std }: Posterior): GraphValue {
  const variance = ops.square(std);
  const terms = ops.subtract(ops.add(ops.square(mean), variance), ops.add(ops.log(variance), 1));
  return ops.mean(ops.sum(terms, [1]), [0, 1]);
}
