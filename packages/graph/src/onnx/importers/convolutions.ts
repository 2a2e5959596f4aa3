/** Importers of convolutions and of what pools windows. */
import { elementCount, FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { constant, float } from "../../value.js";
import type { ImportedNode, Importer } from "../read-node.js";

/** How windows lie on the spatial axes of x; what a rule says of the padding is worked out from the sizes. */
interface Windows {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Beginnings, then ends, as the file has them. */
  readonly pads: readonly number[];
  /** Places behind the ends that windows reach when their number is rounded up. */
  readonly over: readonly number[];
}

function windowsOf(made: ImportedNode, sizes: readonly number[], kernel: readonly number[]): Windows {
  const listed = (name: string, fallback: number) => made.list(name) ?? kernel.map(() => fallback);
  const [stride, dilation] = [listed("strides", 1), listed("dilations", 1)];
  const none = kernel.map(() => 0);
  if ([sizes, stride, dilation].some(({ length }) => length !== kernel.length) || [...stride, ...dilation].some((n) => !(n >= 1)))
    throw made.unsupported(`strides [${stride}] and dilations [${dilation}] do not fit a window of [${kernel}] on [${sizes}].`);
  const reach = (axis: number) => ((kernel[axis] as number) - 1) * (dilation[axis] as number) + 1;
  const rule = made.text("auto_pad", "NOTSET");
  if (rule === "SAME_UPPER" || rule === "SAME_LOWER") {
    const needed = sizes.map((size, axis) => {
      const step = stride[axis] as number;
      return Math.max(0, (Math.ceil(size / step) - 1) * step + reach(axis) - size);
    });
    // An odd place goes to the end, or, by the other rule, to the beginning.
    const before = needed.map((n) => (rule === "SAME_UPPER" ? Math.floor(n / 2) : Math.ceil(n / 2)));
    return { stride, dilation, pads: [...before, ...needed.map((n, axis) => n - (before[axis] as number))], over: none };
  }
  const pads = rule === "VALID" ? [...none, ...none] : (made.list("pads") ?? [...none, ...none]);
  if (pads.length !== 2 * kernel.length || pads.some((n) => n < 0))
    throw made.unsupported(`pads [${pads}] do not fit a window of [${kernel}].`);
  if (made.int("ceil_mode", 0) === 0) return { stride, dilation, pads, over: none };
  const over = sizes.map((size, axis) => {
    const [step, before] = [stride[axis] as number, pads[axis] as number];
    const padded = size + before + (pads[axis + kernel.length] as number);
    let last = Math.ceil((padded - reach(axis)) / step);
    // No window begins behind the input.
    if (last * step >= size + before) last--;
    return Math.max(0, last * step + reach(axis) - padded);
  });
  return { stride, dilation, pads, over };
}

const convolution: Importer = (made) => {
  const [x, w] = [made.input(0), made.input(1)];
  const { stride, dilation, pads } = windowsOf(made, x.shape.slice(2), w.shape.slice(2));
  return [f.convolution(x, w, { stride, dilation, padding: pads, groups: made.int("group", 1), bias: made.inputs[2] })];
};

const transposedConvolution: Importer = (made) => {
  const [x, w] = [made.input(0), made.input(1)];
  const [sizes, kernel, rule] = [x.shape.slice(2), w.shape.slice(2), made.text("auto_pad", "NOTSET")];
  const listed = (name: string, fallback: number) => made.list(name) ?? kernel.map(() => fallback);
  const [stride, dilation, outputPadding] = [listed("strides", 1), listed("dilations", 1), listed("output_padding", 0)];
  const wish =
    made.list("output_shape")?.slice(-kernel.length) ??
    (rule.startsWith("SAME") ? sizes.map((n, axis) => n * (stride[axis] as number)) : undefined);
  const common = { stride, dilation, groups: made.int("group", 1), bias: made.inputs[2] };
  if (!wish)
    return [f.transposedConvolution(x, w, { ...common, outputPadding, padding: rule === "VALID" ? 0 : listed("pads", 0) })];
  const cut = wish.map((size, axis) => {
    const covered = ((kernel[axis] as number) - 1) * (dilation[axis] as number) + 1;
    return (stride[axis] as number) * ((sizes[axis] as number) - 1) + (outputPadding[axis] as number) + covered - size;
  });
  const before = cut.map((n) => (rule === "SAME_UPPER" ? Math.floor(Math.max(0, n) / 2) : Math.ceil(Math.max(0, n) / 2)));
  const padding = [...before, ...cut.map((n, axis) => Math.max(0, n) - (before[axis] as number))];
  // What is longer than the taps reach has places added behind its end.
  const more = outputPadding.map((n, axis) => n + Math.max(0, -(cut[axis] as number)));
  return [f.transposedConvolution(x, w, { ...common, padding, outputPadding: more })];
};

/** Columns of windows laid back onto the picture and added up: a transposed convolution, each of whose taps is one row of a column. */
const fromColumns: Importer = (made) => {
  const [x, sizes, kernel] = [made.input(0), made.known(1) ?? [], made.known(2) ?? []];
  const { stride, dilation, pads } = windowsOf(made, sizes, kernel);
  const places = kernel.map((taps, axis) => {
    const reach = (taps - 1) * (dilation[axis] as number) + 1;
    return Math.floor(((sizes[axis] as number) + around(pads, axis) - reach) / (stride[axis] as number)) + 1;
  });
  const [batch, rows] = x.shape as readonly [number, number];
  const [taps, windows] = [elementCount(kernel), elementCount(places)];
  if (x.shape.length !== 3 || x.shape[2] !== windows || rows % taps !== 0)
    throw new FoleyError(
      "bad-file",
      `${made.what}: columns [${x.shape}] are not those of ${windows} windows of [${kernel}] on [${sizes}].`,
    );
  made.spend(rows * taps);
  const one = Float32Array.from({ length: rows * taps }, (_, i) => (Math.floor(i / taps) % taps === i % taps ? 1 : 0));
  const left = kernel.map((size, axis) => {
    const [steps, reach] = [
      ((places[axis] as number) - 1) * (stride[axis] as number),
      (size - 1) * (dilation[axis] as number) + 1,
    ];
    return (sizes[axis] as number) + around(pads, axis) - steps - reach;
  });
  const options = { stride, dilation, padding: pads, outputPadding: left, groups: rows / taps };
  const laid = f.reshape(x, [batch, rows, ...places]);
  return [f.transposedConvolution(laid, f.cast(float(one, [rows, 1, ...kernel]), x.dtype), options)];
};

/** Places before and behind an axis together. */
const around = (pads: readonly number[], axis: number): number =>
  (pads[axis] as number) + (pads[axis + pads.length / 2] as number);

/** Something around the spatial axes. */
const surrounded = (x: GraphValue, { pads, over }: Windows, value: number): GraphValue =>
  over.reduce(
    (y, more, axis) => f.padWith(y, axis + 2, pads[axis] as number, (pads[axis + over.length] as number) + more, value),
    x,
  );

const LEAST: Readonly<Record<string, number>> = { int8: -128, uint8: 0, int32: -(2 ** 31) };

const maxPool: Importer = (made) => {
  const [x, kernel] = [made.input(0), made.list("kernel_shape") ?? []];
  const windows = windowsOf(made, x.shape.slice(2), kernel);
  if (made.outputs[1]) throw made.unsupported("where the largest were is not supported.");
  const { stride, dilation, pads, over } = windows;
  const padding = pads.map((n, i) => n + (over[i - kernel.length] ?? 0));
  // The runtime has no windows that lie outside altogether.
  if (padding.every((n, i) => n < (kernel[i % kernel.length] as number)))
    return [f.maxPool(x, kernel, { stride, dilation, padding })];
  return [f.maxPool(surrounded(x, windows, LEAST[x.dtype] ?? Number.NEGATIVE_INFINITY), kernel, { stride, dilation })];
};

/** Sums of windows, zeros around; taps that are apart are taps of a convolution with ones. */
function windowMeans(x: GraphValue, kernel: readonly number[], windows: Windows): GraphValue {
  const around = surrounded(x, windows, 0);
  const { stride, dilation } = windows;
  if (dilation.every((n) => n === 1)) return f.averagePool(around, kernel, { stride });
  const channels = x.shape[1] as number;
  const ones = f.expand(f.cast(float(1 / elementCount(kernel)), x.dtype), [channels, 1, ...kernel]);
  return f.convolution(around, ones, { stride, dilation, groups: channels });
}

const averagePool: Importer = (made) => {
  const [x, kernel] = [made.input(0), made.list("kernel_shape") ?? []];
  const windows = windowsOf(made, x.shape.slice(2), kernel);
  const y = windowMeans(x, kernel, windows);
  const counted = made.int("count_include_pad", 0) !== 0;
  const factors = kernel.map((size, axis) => {
    const n = x.shape[axis + 2] as number;
    const [before, after] = [windows.pads[axis] as number, windows.pads[axis + kernel.length] as number];
    const [low, high] = counted ? [-before, n + after] : [0, n];
    const places = y.shape[axis + 2] as number;
    made.spend(places * size);
    return Float32Array.from({ length: places }, (_, i) => {
      const first = i * (windows.stride[axis] as number) - before;
      const taps = Array.from({ length: size }, (_unused, tap) => first + tap * (windows.dilation[axis] as number));
      return size / taps.filter((place) => place >= low && place < high).length;
    });
  });
  // What lies outside was counted as 0.
  const scaled = factors.reduce((value, data, axis) => {
    if (data.every((n) => n === 1)) return value;
    const shape = value.shape.map((_, i) => (i === axis + 2 ? data.length : 1));
    return f.multiply(value, f.cast(constant(data, shape, "float32"), value.dtype));
  }, y);
  return [scaled];
};

const lpPool: Importer = (made) => {
  const [x, kernel, p] = [made.input(0), made.list("kernel_shape") ?? [], made.int("p", 2)];
  const y = windowMeans(raised(x, p), kernel, windowsOf(made, x.shape.slice(2), kernel));
  return [rooted(f.multiply(y, elementCount(kernel)), p)];
};
const raised = (x: GraphValue, p: number) => (p === 2 ? f.square(x) : p === 1 ? f.abs(x) : f.power(f.abs(x), p));
const rooted = (x: GraphValue, p: number) => (p === 2 ? f.sqrt(x) : p === 1 ? x : f.power(x, 1 / p));

// @__NO_SIDE_EFFECTS__
const everywhere =
  (apply: (x: GraphValue, axes: readonly number[], made: ImportedNode) => GraphValue): Importer =>
  (made) => {
    const x = made.input(0);
    return [apply(x, x.shape.map((_, axis) => axis).slice(2), made)];
  };

/** Rows by ONNX op type. */
export const convolutionImporters: Readonly<Record<string, Importer>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: maxPool,
  AveragePool: averagePool,
  Col2Im: fromColumns,
  LpPool: lpPool,
  GlobalAveragePool: everywhere((x, axes) => f.mean(x, axes, true)),
  GlobalMaxPool: everywhere((x, axes) => f.reduceMax(x, axes, true)),
  GlobalLpPool: everywhere((x, axes, made) => {
    const p = made.int("p", 2);
    return rooted(f.sum(raised(x, p), axes, true), p);
  }),
};
