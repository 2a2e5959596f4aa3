/**
 * Convolutions over any number of spatial axes (Dumoulin & Visin 2016, "A guide to convolution arithmetic"), named and laid out as in
 * ONNX: x [batch, channels, ...spatial], pads are all beginnings, then all ends. A convolution and its transpose join the same pairs of
 * places: place t on the short side and place t·stride + tap·dilation − pad on the long one.
 */
import { elementCount, FoleyError, type GraphValue, type Shape } from "@foley-control/core";
import { type Array64, type Attributes, at, list, mismatch, number, type OpDefinition, stridesOf } from "./definition.js";

/** Attributes of a convolution, read. */
export interface ConvolutionGeometry {
  /** Steps on the long side, per spatial axis. */
  readonly strides: readonly number[];
  /** Places between taps. */
  readonly dilations: readonly number[];
  /** Places of the long side that are cut or padded: beginnings, then ends. */
  readonly pads: readonly number[];
  /** Parts that the channels fall into; each sees its own only. */
  readonly group: number;
  /** Places added behind a transposed convolution's end. */
  readonly outputPadding: readonly number[];
}

/** The attributes of a `Conv` or `ConvTranspose`. */
export function geometryOf(attributes: Attributes): ConvolutionGeometry {
  return {
    strides: list(attributes, "strides"),
    dilations: list(attributes, "dilations"),
    pads: list(attributes, "pads"),
    group: number(attributes, "group"),
    outputPadding: attributes.output_padding === undefined ? [] : list(attributes, "output_padding"),
  };
}

/** Checks what both ops have in common and returns the geometry. */
function checked(op: string, inputs: readonly GraphValue[], attributes: Attributes, outputChannels: (w: Shape) => number) {
  const [x, w, bias] = [at(inputs, 0, op), at(inputs, 1, op), inputs[2]];
  const geometry = geometryOf(attributes);
  const { strides, dilations, pads, group, outputPadding } = geometry;
  const axes = x.shape.length - 2;
  const whole = (values: readonly number[], count: number, least: number) =>
    values.length === count && values.every((n) => Number.isInteger(n) && n >= least);
  const fits =
    axes >= 1 &&
    w.shape.length === x.shape.length &&
    whole([group], 1, 1) &&
    whole(strides, axes, 1) &&
    whole(dilations, axes, 1) &&
    whole(pads, 2 * axes, 0) &&
    (op === "Conv" ? outputPadding.length === 0 : whole(outputPadding, axes, 0)) &&
    (w.shape[0] as number) % group === 0 &&
    (op === "Conv" ? (w.shape[1] as number) * group : w.shape[0]) === x.shape[1] &&
    (bias === undefined || (bias.shape.length === 1 && bias.shape[0] === outputChannels(w.shape)));
  if (!fits) {
    throw new FoleyError(
      "shape-mismatch",
      `${op}: x [${x.shape.join(", ")}], weight [${w.shape.join(", ")}]${bias ? `, bias [${bias.shape.join(", ")}]` : ""} with strides [${strides}], dilations [${dilations}], pads [${pads}] and group ${group} do not fit.`,
    );
  }
  return { x, w, axes, ...geometry };
}

const typed = (op: string, x: GraphValue, channels: number, spatial: readonly number[]) => {
  if (spatial.some((n) => n < 1)) {
    throw mismatch(op, `nothing is left of [${x.shape.join(", ")}], it is shorter than the kernel`);
  }
  return [{ dtype: x.dtype, shape: [x.shape[0] as number, channels, ...spatial] }];
};

/** For every tap and every place on the short side (row-major), the flat place on the long side, −1 outside. */
function places(short: Shape, long: Shape, kernel: Shape, { strides, dilations, pads }: ConvolutionGeometry): Int32Array[] {
  const [shortStrides, longStrides, kernelStrides] = [stridesOf(short), stridesOf(long), stridesOf(kernel)];
  const indexAt = (flat: number, shape: Shape, steps: readonly number[], axis: number) =>
    Math.floor(flat / (steps[axis] as number)) % (shape[axis] as number);
  return Array.from({ length: elementCount(kernel) }, (_, tap) =>
    Int32Array.from({ length: elementCount(short) }, (_unused, flat) => {
      let place = 0;
      for (let axis = 0; axis < short.length; axis++) {
        const along =
          indexAt(flat, short, shortStrides, axis) * (strides[axis] as number) +
          indexAt(tap, kernel, kernelStrides, axis) * (dilations[axis] as number) -
          (pads[axis] as number);
        if (along < 0 || along >= (long[axis] as number)) return -1;
        place += along * (longStrides[axis] as number);
      }
      return place;
    }),
  );
}

/** Goes through all products of a convolution: flat places of the short side, the long side and the weight. */
function forEachProduct(
  short: Shape,
  long: Shape,
  weight: Shape,
  geometry: ConvolutionGeometry,
  visit: (short: number, long: number, weight: number) => void,
): void {
  const [rows, columns] = [weight[0] as number, weight[1] as number];
  const table = places(short.slice(2), long.slice(2), weight.slice(2), geometry);
  const [shortSize, longSize] = [elementCount(short.slice(2)), elementCount(long.slice(2))];
  const perGroup = rows / geometry.group;
  for (let batch = 0; batch < (short[0] as number); batch++) {
    for (let row = 0; row < rows; row++) {
      const from = (batch * rows + row) * shortSize;
      for (let column = 0; column < columns; column++) {
        const channel = Math.floor(row / perGroup) * columns + column;
        const to = (batch * (long[1] as number) + channel) * longSize;
        table.forEach((taps, tap) => {
          const w = (row * columns + column) * table.length + tap;
          for (let t = 0; t < shortSize; t++) if ((taps[t] as number) >= 0) visit(from + t, to + (taps[t] as number), w);
        });
      }
    }
  }
}

/** Zeros of a shape, or the bias of each channel. */
function started(shape: Shape, bias: Array64 | undefined): Float64Array {
  const data = new Float64Array(elementCount(shape));
  const each = elementCount(shape.slice(2));
  if (bias) for (let i = 0; i < data.length; i++) data[i] = bias.data[Math.floor(i / each) % (shape[1] as number)] as number;
  return data;
}

/** Rows of the op table. */
export const convolutionOps: Readonly<Record<string, OpDefinition>> = {
  /** x [batch, in, ...], weight [out, in / group, ...], bias [out]. */
  Conv: {
    infer(inputs, attributes) {
      const { x, w, strides, dilations, pads, axes } = checked("Conv", inputs, attributes, (shape) => shape[0] as number);
      const spatial = strides.map((stride, axis) => {
        const covered = ((w.shape[axis + 2] as number) - 1) * (dilations[axis] as number) + 1;
        const padded = (x.shape[axis + 2] as number) + (pads[axis] as number) + (pads[axis + axes] as number);
        return Math.floor((padded - covered) / stride) + 1;
      });
      return typed("Conv", x, w.shape[0] as number, spatial);
    },
    evaluate(inputs, attributes, types) {
      const [x, w, bias] = inputs as readonly [Array64, Array64, Array64 | undefined];
      const { shape } = types[0] as { shape: Shape };
      const data = started(shape, bias);
      forEachProduct(shape, x.shape, w.shape, geometryOf(attributes), (short, long, weight) => {
        data[short] = (data[short] as number) + (x.data[long] as number) * (w.data[weight] as number);
      });
      return [{ shape, data }];
    },
  },
  /** x [batch, in, ...], weight [in, out / group, ...], bias [out]. */
  ConvTranspose: {
    infer(inputs, attributes) {
      const channels = (shape: Shape) => (shape[1] as number) * number(attributes, "group");
      const { x, w, strides, dilations, pads, outputPadding, axes } = checked("ConvTranspose", inputs, attributes, channels);
      const spatial = strides.map((stride, axis) => {
        const covered = ((w.shape[axis + 2] as number) - 1) * (dilations[axis] as number) + 1;
        const cut = (pads[axis] as number) + (pads[axis + axes] as number);
        return ((x.shape[axis + 2] as number) - 1) * stride + covered + (outputPadding[axis] as number) - cut;
      });
      return typed("ConvTranspose", x, channels(w.shape), spatial);
    },
    evaluate(inputs, attributes, types) {
      const [x, w, bias] = inputs as readonly [Array64, Array64, Array64 | undefined];
      const { shape } = types[0] as { shape: Shape };
      const data = started(shape, bias);
      forEachProduct(x.shape, shape, w.shape, geometryOf(attributes), (short, long, weight) => {
        data[long] = (data[long] as number) + (x.data[short] as number) * (w.data[weight] as number);
      });
      return [{ shape, data }];
    },
  },
};
