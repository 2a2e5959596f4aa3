/** Importers of ops that make pictures larger or smaller: a choice of places along an axis, or a product with a matrix of weights. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { constant } from "../../value.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { distinctAxes } from "./axes.js";
import { isFloat, picked } from "./helpers.js";

/** One axis that changes. */
interface Along {
  readonly axis: number;
  readonly size: number;
  readonly scale: number;
  readonly to: number;
  /** Part of the axis that is shown, from 0 to 1. */
  readonly shown: readonly [number, number];
}

/** How places of the result lie on places of x. */
interface Rule {
  readonly mode: string;
  readonly place: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly withoutOutside: boolean;
  readonly smooth: boolean;
  readonly beyond: number;
}

/** The place on x of a place of the result; `undefined` where nothing is shown. */
function placeOf({ place }: Rule, { size, scale, to, shown: [start, end] }: Along, i: number): number | undefined {
  const real = scale * size;
  switch (place) {
    case "asymmetric":
      return i / scale;
    case "align_corners":
      return real === 1 ? 0 : (i * (size - 1)) / (real - 1);
    case "pytorch_half_pixel":
      return real === 1 ? -0.5 : (i + 0.5) / scale - 0.5;
    case "half_pixel_symmetric":
      return (size / 2) * (1 - to / real) + (i + 0.5) / scale - 0.5;
    case "tf_half_pixel_for_nn":
      return (i + 0.5) / scale;
    case "tf_crop_and_resize": {
      const inside = real === 1 ? ((end - start) * (size - 1)) / 2 : (i * (end - start) * (size - 1)) / (real - 1);
      const found = inside + start * (size - 1);
      return found < 0 || found > size - 1 ? undefined : found;
    }
    default:
      return (i + 0.5) / scale - 0.5;
  }
}

function cubicOf(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** Weights of neighbours: where the first stands beside the place below, and each weight. A place of its own counts as above itself. */
function weightsOf(rule: Rule, ratio: number, scale: number): readonly [first: number, weights: readonly number[]] {
  if (rule.mode === "nearest") {
    const upper = { round_prefer_ceil: ratio >= 0.5, floor: ratio === 1, ceil: true }[rule.nearest] ?? ratio > 0.5;
    return [0, upper ? [0, 1] : [1, 0]];
  }
  const shrunk = rule.smooth ? Math.min(scale, 1) : 1;
  const reach = rule.mode === "cubic" ? 2 : 1;
  const first = Math.floor(-reach / shrunk) + 1;
  const weights = Array.from({ length: 2 - 2 * first }, (_, i) => {
    const distance = (first + i - ratio) * shrunk;
    return rule.mode === "cubic" ? cubicOf(distance, rule.cubic) : Math.max(0, 1 - Math.abs(distance));
  });
  if (!rule.smooth) return [first, weights];
  const total = weights.reduce((a, b) => a + b, 0);
  return [first, weights.map((weight) => weight / total)];
}

function resizedAlong(made: ImportedNode, x: GraphValue, rule: Rule, along: Along): GraphValue {
  const { axis, size, scale, to } = along;
  made.spend(rule.mode === "nearest" ? to : to * size);
  const matrix = new Float32Array(rule.mode === "nearest" ? 0 : to * size);
  const chosen: number[] = [];
  const shown = new Float32Array(to).fill(1);
  const inside = (place: number) => Math.min(size - 1, Math.max(0, place));
  for (let i = 0; i < to; i++) {
    const place = placeOf(rule, along, i);
    if (place === undefined) {
      shown[i] = 0;
      chosen.push(0);
      continue;
    }
    const below = Math.ceil(place) - 1;
    const [first, weights] = weightsOf(rule, place - below, scale);
    if (rule.mode === "nearest") {
      chosen.push(inside(below + (weights[1] as number)));
      continue;
    }
    made.spend(weights.length);
    const counts = weights.map((weight, tap) =>
      rule.withoutOutside && inside(below + first + tap) !== below + first + tap ? 0 : weight,
    );
    const total = rule.withoutOutside ? counts.reduce((a, b) => a + b, 0) : 1;
    counts.forEach((weight, tap) => {
      const at = i * size + inside(below + first + tap);
      matrix[at] = (matrix[at] as number) + weight / total;
    });
  }
  const y = rule.mode === "nearest" ? picked(made, x, axis, chosen) : multipliedAlong(x, axis, matrix, to);
  if (shown.every((one) => one === 1)) return y;
  const isShown = f.cast(
    constant(
      shown,
      y.shape.map((_, i) => (i === axis ? to : 1)),
      "float32",
    ),
    "bool",
  );
  return f.where(isShown, y, rule.beyond);
}

function multipliedAlong(x: GraphValue, axis: number, matrix: Float32Array<ArrayBuffer>, to: number): GraphValue {
  const size = x.shape[axis] as number;
  const weights = f.cast(constant(matrix, [to, size], "float32"), x.dtype);
  if (axis === x.shape.length - 1) return f.matmul(x, f.transposeLast(weights));
  const inner = x.shape.slice(axis + 1);
  const flat = f.reshape(x, [...x.shape.slice(0, axis + 1), inner.reduce((a, b) => a * b, 1)]);
  return f.reshape(f.matmul(weights, flat), [...x.shape.slice(0, axis), to, ...inner]);
}

/** Sizes that keep the proportions: the least factor that a wish asks for, or the largest. */
function scalesOf(made: ImportedNode, sizes: readonly number[], wished: readonly number[]): readonly number[] {
  const factors = wished.map((to, i) => to / (sizes[i] as number));
  const policy = made.text("keep_aspect_ratio_policy", "stretch");
  if (policy === "stretch") return factors;
  const factor = policy === "not_larger" ? Math.min(...factors) : Math.max(...factors);
  return factors.map(() => factor);
}

function resized(
  made: ImportedNode,
  rule: Rule,
  given: { readonly scales?: readonly number[] | undefined; readonly sizes?: readonly number[] | undefined },
): readonly GraphValue[] {
  const x = made.input(0);
  const { sizes } = given;
  const axes = distinctAxes(made, made.list("axes") ?? x.shape.map((_, axis) => axis), x.shape.length);
  const own = axes.map((axis) => x.shape[axis] as number);
  const scales = sizes && sizes.length > 0 ? scalesOf(made, own, sizes) : (given.scales ?? []);
  if (scales.length !== axes.length || scales.some((scale) => !(scale > 0 && Number.isFinite(scale))))
    throw new FoleyError("bad-file", `${made.what} has the factors [${scales.slice(0, 32)}] for ${axes.length} axes.`);
  const isKept = made.text("keep_aspect_ratio_policy", "stretch") !== "stretch";
  const roi = rule.place === "tf_crop_and_resize" ? (made.known(1) ?? []) : [];
  let y = x;
  axes.forEach((axis, i) => {
    const [size, scale] = [own[i] as number, scales[i] as number];
    const to =
      sizes && sizes.length > 0 ? (isKept ? Math.floor(scale * size + 0.5) : (sizes[i] as number)) : Math.floor(scale * size);
    const shown = [roi[i] ?? 0, roi[i + axes.length] ?? 1] as const;
    const isSame = to === size && scale === 1 && shown[0] === 0 && shown[1] === 1;
    if (!isSame) y = resizedAlong(made, y, rule, { axis, size, scale, to, shown });
  });
  return [y];
}

const resize: Importer = (made) => {
  const isOld = made.opset < 11;
  const rule: Rule = {
    mode: made.text("mode", "nearest"),
    place: made.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel"),
    nearest: made.text("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
    cubic: made.float("cubic_coeff_a", -0.75),
    withoutOutside: made.int("exclude_outside", 0) !== 0,
    smooth: made.int("antialias", 0) !== 0,
    beyond: made.float("extrapolation_value", 0),
  };
  checkMode(made, rule.mode);
  return resized(made, rule, isOld ? { scales: made.known(1) } : { scales: made.known(2), sizes: made.known(3) });
};

function checkMode(made: ImportedNode, mode: string): void {
  if (!["nearest", "linear", "cubic"].includes(mode)) throw made.unsupported(`the mode "${mode}" is not supported.`);
  if (mode !== "nearest" && !isFloat(made.input(0))) throw made.unsupported(`means of ${made.input(0).dtype} are not supported.`);
}

const upsample: Importer = (made) => {
  // "bilinear" was a name of it once.
  const mode = made.text("mode", "nearest").replace(/^(bi|tri)?linear$/, "linear");
  checkMode(made, mode);
  const rule: Rule = {
    mode,
    place: "asymmetric",
    nearest: "floor",
    cubic: -0.75,
    withoutOutside: false,
    smooth: false,
    beyond: 0,
  };
  return resized(made, rule, { scales: made.either("scales", 1) });
};

/** Rows by ONNX op type. */
export const resizeImporters: Readonly<Record<string, Importer>> = {
  Resize: resize,
  Upsample: upsample,
};
