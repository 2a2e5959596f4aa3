/** LayerNorm (Ba et al. 2016) with the parameter names of the checkpoint. */
import type { GraphValue } from "@foley-control/core";
import { layerNormalization } from "../ops/functions.js";
import { parameter } from "../value.js";

/**
 * Normalises the last axis to mean 0 and variance 1, then scales and shifts it.
 *
 * @param x - [..., width].
 * @param scale - Full name of the scale, e.g. `"blocks.0.norm1.weight"` or `"…pre_norm.gamma"`.
 * @param bias - Full name of the bias; absent for a bias-free norm.
 * @param epsilon - Default 1e-5 (Stable Audio); V-JEPA 2 uses 1e-6.
 */
export function layerNorm(x: GraphValue, scale: string, bias?: string, epsilon = 1e-5): GraphValue {
  const width = [x.shape[x.shape.length - 1] as number];
  return layerNormalization(x, parameter(scale, width), bias === undefined ? undefined : parameter(bias, width), epsilon);
}
