/** Seconds → token (stable-audio-tools `NumberConditioner`): raw value, sines, cosines of learned frequencies, one linear. */
import type { GraphValue } from "@foley-control/core";
import { linear, ops, parameter } from "@foley-control/graph";

/** Range and width of one number. */
export interface NumberConditionerConfig {
  /** Smallest value it tells apart. */
  readonly min: number;
  /** Largest value it tells apart. */
  readonly max: number;
  /** Width of the token. */
  readonly width: number;
  /** Fourier features. Default 256, as released. */
  readonly features?: number;
  /** What its two layers are called behind the name. Default `"embedder.embedding"`, as stable-audio-tools does. */
  readonly layers?: string;
}

/**
 * The token of one number per batch element.
 *
 * @param seconds - [batch], clamped to the range.
 * @param name - e.g. `"conditioner.conditioners.seconds_total"`.
 * @returns [batch, width].
 */
export function numberConditioner(seconds: GraphValue, name: string, config: NumberConditionerConfig): GraphValue {
  const layers = `${name}.${config.layers ?? "embedder.embedding"}`;
  const half = (config.features ?? 256) / 2;
  const clamped = ops.minimum(ops.maximum(seconds, config.min), config.max);
  const unit = ops.reshape(ops.divide(ops.subtract(clamped, config.min), config.max - config.min), [-1, 1]);
  const frequencies = ops.reshape(parameter(`${layers}.0.weights`, [half]), [1, half]);
  const angle = ops.multiply(ops.multiply(unit, frequencies), 2 * Math.PI);
  return linear(ops.concat([unit, ops.sin(angle), ops.cos(angle)], 1), `${layers}.1`, config.width, true);
}
