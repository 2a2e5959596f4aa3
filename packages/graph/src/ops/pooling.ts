/**
 * Pooling over any number of spatial axes, as in ONNX: x [batch, channels, ...spatial]; what the stride leaves over is cut. The largest of a
 * window may be looked for around the input, too, where nothing is, and at taps that are apart.
 */
import { elementCount, type GraphValue, type Shape } from "@foley-control/core";
import { type Array64, type Attributes, at, list, mismatch, type OpDefinition, offsets, stridesOf } from "./definition.js";

/** What a pooling covers of x. */
interface Geometry {
  /** Spatial sizes with what is around them. */
  readonly padded: Shape;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Places before each axis. */
  readonly before: readonly number[];
}

/** Attributes of a pooling, checked. */
function geometryOf(op: string, { shape }: { readonly shape: Shape }, attributes: Attributes): Geometry {
  const [kernel, strides] = [list(attributes, "kernel_shape"), list(attributes, "strides")];
  const dilations = attributes["dilations"] === undefined ? kernel.map(() => 1) : list(attributes, "dilations");
  const pads = attributes["pads"] === undefined ? [...kernel, ...kernel].map(() => 0) : list(attributes, "pads");
  const axes = shape.length - 2;
  const padded = shape.slice(2).map((n, axis) => n + (pads[axis] ?? 0) + (pads[axis + axes] ?? 0));
  const whole = (values: readonly number[], count: number, least: number) =>
    values.length === count && values.every((n) => Number.isInteger(n) && n >= least);
  const reach = (axis: number) => ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
  const fits =
    axes >= 1 &&
    [kernel, strides, dilations].every((values) => whole(values, axes, 1)) &&
    whole(pads, 2 * axes, 0) &&
    padded.every((n, axis) => reach(axis) <= n);
  if (!fits) {
    throw mismatch(
      op,
      `a window of [${kernel.join(", ")}] with strides [${strides.join(", ")}] does not fit into [${shape.join(", ")}]`,
    );
  }
  return { padded, kernel, strides, dilations, before: pads.slice(0, axes) };
}

/** Sizes behind a window, which moves by its strides. */
function pooledShape(op: string, x: GraphValue, attributes: Attributes): Shape {
  const { padded, kernel, strides, dilations } = geometryOf(op, x, attributes);
  const places = padded.map((n, axis) => {
    const reach = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    return Math.floor((n - reach) / (strides[axis] as number)) + 1;
  });
  return [...x.shape.slice(0, 2), ...places];
}

/** x with the start of a pooling around it. */
function surrounded({ shape, data }: Array64, { padded, before }: Geometry, start: number): Array64 {
  const whole = [...shape.slice(0, 2), ...padded];
  if (elementCount(whole) === data.length) return { shape, data };
  const steps = stridesOf(whole);
  const first = before.reduce((sum, n, axis) => sum + n * (steps[axis + 2] as number), 0);
  const spread = new Float64Array(elementCount(whole)).fill(start);
  offsets(shape, steps, first).forEach((to, i) => {
    spread[to] = data[i] as number;
  });
  return { shape: whole, data: spread };
}

function pooling(op: string, start: number, join: (total: number, x: number) => number, isMean: boolean): OpDefinition {
  return {
    infer(inputs, attributes) {
      const x = at(inputs, 0, op);
      return [{ dtype: x.dtype, shape: pooledShape(op, x, attributes) }];
    },
    evaluate([x], attributes, types) {
      const { shape } = types[0] as { shape: Shape };
      const geometry = geometryOf(op, x as Array64, attributes);
      const value = surrounded(x as Array64, geometry, start);
      const steps = stridesOf(value.shape);
      const stepped = (by: readonly number[]) => by.map((n, axis) => n * (steps[axis + 2] as number));
      const firsts = offsets(shape, [...steps.slice(0, 2), ...stepped(geometry.strides)]);
      const taps = offsets(geometry.kernel, stepped(geometry.dilations));
      const data = Float64Array.from(firsts, (first) =>
        taps.reduce((total, tap) => join(total, value.data[first + tap] as number), start),
      );
      return [{ shape, data: isMean ? data.map((total) => total / taps.length) : data }];
    },
  };
}

/** Rows of the op table. */
export const poolingOps: Readonly<Record<string, OpDefinition>> = {
  MaxPool: pooling("MaxPool", Number.NEGATIVE_INFINITY, Math.max, false),
  AveragePool: pooling("AveragePool", 0, (total, x) => total + x, true),
};
