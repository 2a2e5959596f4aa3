/** Gradients of the convolutions, which are convolutions: by the input the transposed one, by the weight one of input and output. */
import type { GraphValue, Shape } from "@foley-control/core";
import { type ConvolutionGeometry, geometryOf } from "../ops/convolution.js";
import * as f from "../ops/functions.js";
import { type GradientRule, rule } from "./rule.js";

const options = ({ strides, dilations, pads, group }: ConvolutionGeometry) => ({
  stride: strides,
  dilation: dilations,
  padding: pads,
  groups: group,
});

/** Cuts what does not divide into the stride off the ends of the spatial axes. */
const fitted = (x: GraphValue, shape: Shape): GraphValue =>
  shape.reduce((value, n, axis) => (axis < 2 ? value : f.slice(value, axis, 0, n)), x);

/** Batch and channels of each group change places: [batch, group·channels, ...] → [channels, group·batch, ...]. */
function turned(x: GraphValue, group: number): GraphValue {
  const [batch, channels, ...spatial] = x.shape as readonly [number, number, ...number[]];
  const rest = spatial.map((_, axis) => axis + 3);
  const apart = f.reshape(x, [batch, group, channels / group, ...spatial]);
  return f.reshape(f.transpose(apart, [2, 1, 0, ...rest]), [channels / group, group * batch, ...spatial]);
}

/**
 * By the weight: the long side (a convolution's input) convolved with the short one (its output), stride and dilation changed over, so
 * that every tap becomes a place.
 */
function byWeight(long: GraphValue, short: GraphValue, weight: Shape, geometry: ConvolutionGeometry): GraphValue {
  const { strides, dilations, pads, group } = geometry;
  const swapped = short.shape.map((_, axis) => (axis < 2 ? 1 - axis : axis));
  const taps = f.convolution(turned(long, group), f.transpose(short, swapped), {
    stride: dilations,
    dilation: strides,
    padding: pads,
    groups: group,
  });
  return fitted(f.transpose(taps, swapped), weight);
}

const byBias = (dy: GraphValue): GraphValue => {
  const axes = dy.shape.map((_, axis) => axis);
  return f.sum(
    dy,
    axes.filter((axis) => axis !== 1),
  );
};

/** Rows of the gradient table. */
export const convolutionGradients: Readonly<Record<string, GradientRule | null>> = {
  Conv: rule((dy, { inputs, attributes, needs }) => {
    const [x, w] = inputs as readonly [GraphValue, GraphValue];
    const geometry = geometryOf(attributes);
    const { strides, dilations, pads } = geometry;
    // Places at the end that the stride never reached; nothing flows back to them.
    const outputPadding = strides.map((stride, axis) => {
      const covered = ((w.shape[axis + 2] as number) - 1) * (dilations[axis] as number) + 1;
      const padded = (x.shape[axis + 2] as number) + (pads[axis] as number) + (pads[axis + strides.length] as number);
      return (padded - covered) % stride;
    });
    return [
      needs(0) ? f.transposedConvolution(dy, w, { ...options(geometry), outputPadding }) : undefined,
      needs(1) ? byWeight(x, dy, w.shape, geometry) : undefined,
      inputs[2] && needs(2) ? byBias(dy) : undefined,
    ];
  }),
  ConvTranspose: rule((dy, { inputs, attributes, needs }) => {
    const [x, w] = inputs as readonly [GraphValue, GraphValue];
    const geometry = geometryOf(attributes);
    return [
      needs(0) ? fitted(f.convolution(dy, w, options(geometry)), x.shape) : undefined,
      needs(1) ? byWeight(dy, x, w.shape, geometry) : undefined,
      inputs[2] && needs(2) ? byBias(dy) : undefined,
    ];
  }),
};
