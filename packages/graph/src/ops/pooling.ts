/** Pooling over any number of spatial axes, as in ONNX, without padding: x [batch, channels, ...spatial]; what the stride leaves over is cut. */
import type { GraphValue, Shape } from "@foley-control/core";
import { type Array64, type Attributes, at, list, mismatch, type OpDefinition, offsets, stridesOf } from "./definition.js";

/** Sizes behind a window, which moves by its strides. */
function pooledShape(op: string, x: GraphValue, attributes: Attributes): Shape {
  const [kernel, strides] = [list(attributes, "kernel_shape"), list(attributes, "strides")];
  const whole = (values: readonly number[]) =>
    values.length === x.shape.length - 2 && values.every((n) => Number.isInteger(n) && n >= 1);
  const fits =
    x.shape.length >= 3 && whole(kernel) && whole(strides) && kernel.every((n, axis) => n <= (x.shape[axis + 2] as number));
  if (!fits) {
    throw mismatch(
      op,
      `a window of [${kernel.join(", ")}] with strides [${strides.join(", ")}] does not fit into [${x.shape.join(", ")}]`,
    );
  }
  const spatial = kernel.map((n, axis) => Math.floor(((x.shape[axis + 2] as number) - n) / (strides[axis] as number)) + 1);
  return [...x.shape.slice(0, 2), ...spatial];
}

function pooling(op: string, start: number, join: (total: number, x: number) => number, isMean: boolean): OpDefinition {
  return {
    infer(inputs, attributes) {
      const x = at(inputs, 0, op);
      return [{ dtype: x.dtype, shape: pooledShape(op, x, attributes) }];
    },
    evaluate([x], attributes, types) {
      const value = x as Array64;
      const { shape } = types[0] as { shape: Shape };
      const kernel = list(attributes, "kernel_shape");
      const steps = stridesOf(value.shape);
      const moved = list(attributes, "strides").map((stride, axis) => stride * (steps[axis + 2] as number));
      const firsts = offsets(shape, [...steps.slice(0, 2), ...moved]);
      const taps = offsets(kernel, steps.slice(2));
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
