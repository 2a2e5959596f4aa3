/** Training objectives as graph pieces. */
import type { GraphValue } from "@foley-control/core";
import { ops } from "@foley-control/graph";

/** Mean over everything. */
export const meanOf = (x: GraphValue): GraphValue =>
  ops.mean(
    x,
    x.shape.map((_, axis) => axis),
  );

/** Mean of squared differences. */
export const meanSquaredError = (a: GraphValue, b: GraphValue): GraphValue => meanOf(ops.square(ops.subtract(a, b)));

/**
 * The v-objective (Salimans & Ho 2022) as Stable Audio uses it: α = cos(πt/2), σ = sin(πt/2), x_t = αx₀ + σε, target
 * αε − σx₀.
 *
 * @param clean - x₀ [batch, channels, frames].
 * @param noise - ε of the same shape.
 * @param time - [batch] in 0..1.
 */
export function vObjective(
  clean: GraphValue,
  noise: GraphValue,
  time: GraphValue,
): { readonly noisy: GraphValue; readonly target: GraphValue } {
  const angle = ops.multiply(ops.reshape(time, [-1, 1, 1]), Math.PI / 2);
  const alpha = ops.cos(angle);
  const sigma = ops.sin(angle);
  return {
    noisy: ops.add(ops.multiply(alpha, clean), ops.multiply(sigma, noise)),
    target: ops.subtract(ops.multiply(alpha, noise), ops.multiply(sigma, clean)),
  };
}

/** Rectified flow (Liu et al. 2023): x_t = (1 − t)x₀ + tε, target ε − x₀. */
export function flowObjective(
  clean: GraphValue,
  noise: GraphValue,
  time: GraphValue,
): { readonly noisy: GraphValue; readonly target: GraphValue } {
  const t = ops.reshape(time, [-1, 1, 1]);
  return { noisy: ops.add(clean, ops.multiply(t, ops.subtract(noise, clean))), target: ops.subtract(noise, clean) };
}

/** Mean binary cross-entropy of logits: softplus(x) − x·y; `weights` (default 1) stretch to the shape of the logits. */
export const binaryCrossEntropy = (
  logits: GraphValue,
  targets: GraphValue,
  positiveWeight = 1,
  weights?: GraphValue,
): GraphValue => {
  const each = ops.subtract(
    ops.multiply(ops.softplus(logits), ops.add(ops.multiply(targets, positiveWeight - 1), 1)),
    ops.multiply(ops.multiply(logits, targets), positiveWeight),
  );
  return meanOf(weights ? ops.multiply(each, weights) : each);
};
