/** Gradients of reductions and normalisations. */
import type { GraphValue } from "@foley-control/core";
import { list } from "../ops/definition.js";
import * as f from "../ops/functions.js";
import { countOf, keptShape } from "../ops/reduce.js";
import { type GradientContext, type GradientRule, rule } from "./rule.js";
import { unbroadcast } from "./unbroadcast.js";

// @__NO_SIDE_EFFECTS__
const reduction = (isMean: boolean): GradientRule =>
  rule((dy, { inputs, attributes }) => {
    const x = inputs[0] as GraphValue;
    const axes = list(attributes, "axes");
    const spread = f.expand(f.reshape(dy, keptShape(x.shape, axes)), x.shape);
    return [isMean ? f.multiply(spread, 1 / countOf(x.shape, axes)) : spread];
  });

const extreme = (isIt: (x: GraphValue, y: GraphValue) => GraphValue): GradientRule =>
  rule((dy, { inputs, outputs, attributes }) => {
    const x = inputs[0] as GraphValue;
    const axes = list(attributes, "axes");
    const spread = (value: GraphValue) => f.expand(f.reshape(value, keptShape(x.shape, axes)), x.shape);
    const chosen = f.cast(isIt(x, spread(outputs[0] as GraphValue)), x.dtype);
    return [f.multiply(chosen, f.divide(spread(dy), f.expand(f.sum(chosen, axes, true), x.shape)))];
  });

/**
 * With n = (x − m)·s and g = dy·scale: dx = s·(g − mean(g) − n·mean(g·n)); Ba et al. 2016. The statistics m and s are
 * outputs of the op and may carry gradients of their own (second derivatives do): ∂m/∂xᵢ = 1/width, ∂s/∂xᵢ = −s²·nᵢ/width.
 */
function layerNormalization({ inputs, outputs, gradients, needs }: GradientContext): readonly (GraphValue | undefined)[] {
  const [dy, dMean, dInverse] = gradients;
  const [x, scale, bias] = inputs as readonly [GraphValue, GraphValue, GraphValue | undefined];
  const [, average, inverse] = outputs as readonly [GraphValue, GraphValue, GraphValue];
  const width = x.shape[x.shape.length - 1] as number;
  const normal = f.multiply(f.subtract(x, average), inverse);
  const parts: GraphValue[] = [];
  if (needs(0)) {
    if (dy) {
      const g = f.multiply(dy, scale);
      const centred = f.subtract(g, f.mean(g, [-1], true));
      parts.push(f.multiply(inverse, f.subtract(centred, f.multiply(normal, f.mean(f.multiply(g, normal), [-1], true)))));
    }
    if (dMean) parts.push(f.expand(f.multiply(dMean, 1 / width), x.shape));
    if (dInverse) parts.push(f.multiply(f.multiply(f.multiply(dInverse, f.square(inverse)), -1 / width), normal));
  }
  return [
    parts.length > 0 ? parts.reduce((total, part) => f.add(total, part)) : undefined,
    dy && needs(1) ? unbroadcast(f.multiply(dy, normal), scale.shape) : undefined,
    dy && bias && needs(2) ? unbroadcast(dy, bias.shape) : undefined,
  ];
}

/** Rows of the gradient table; `null` is an op through which nothing flows. */
export const reduceGradients: Readonly<Record<string, GradientRule | null>> = {
  ReduceSum: reduction(false),
  ReduceMean: reduction(true),
  // Shared by those that are equally large or small, as torch.amax does.
  ReduceMax: extreme((x, y) => f.greaterOrEqual(x, y)),
  ReduceMin: extreme((x, y) => f.greaterOrEqual(y, x)),
  Softmax: rule((dy, { outputs }) => {
    const y = outputs[0] as GraphValue;
    const weighted = f.multiply(dy, y);
    return [f.subtract(weighted, f.multiply(y, f.sum(weighted, [-1], true)))];
  }),
  LayerNormalization: layerNormalization,
};
