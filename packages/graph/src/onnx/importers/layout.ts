/** Importers of ops that move elements or compute shapes. Old op sets give as attributes what new ones give as inputs. */
import { type DType, elementCount, FoleyError, type GraphValue, parameterTensor } from "@foley-control/core";
import { axisOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import { constant, float } from "../../value.js";
import { dtypeOfElementType } from "../element-type.js";
import { constantOf as constantOfNumbers } from "../known.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { checkedShape, MAXIMUM_RANK, readTensor } from "../read-tensor.js";
import { distinctAxes } from "./axes.js";
import { integers, picked, places } from "./helpers.js";

const refuse = (): never => {
  throw new FoleyError("bad-file", "A constant inside a node points to another file.");
};

const constantOf: Importer = (made) => {
  const tensor = made.tensor("value");
  if (tensor) {
    const { dtype, shape, data } = parameterTensor(made.what, readTensor(tensor, made.what, refuse));
    return [constant(data, shape, dtype)];
  }
  if (made.has("value_float")) return [float(made.float("value_float", 0))];
  if (made.has("value_int")) return [integers([made.int("value_int", 0)], [])];
  if (made.has("value_floats")) return [float(made.list("value_floats") ?? [])];
  if (made.has("value_ints")) return [integers(made.list("value_ints") ?? [])];
  throw made.unsupported("only tensors and numbers are supported.");
};

const constantOfShape: Importer = (made) => {
  const shape = checkedShape(made.known(0) ?? [], made.what);
  const tensor = made.tensor("value");
  if (!tensor) return [f.zeros(shape)];
  const { dtype, data } = parameterTensor(made.what, readTensor(tensor, made.what, refuse));
  return [f.expand(constant(data, [], dtype as DType), shape)];
};

const range: Importer = (made) => {
  const [start, limit, step] = [0, 1, 2].map((i) => made.known(i)?.[0]) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isSafeInteger(count)) throw new FoleyError("bad-file", `${made.what} would hold ${count} numbers.`);
  made.spend(count);
  const { dtype } = made.input(0);
  const values = Float64Array.from({ length: count }, (_, i) => start + i * step);
  if (dtype === "float16") return [f.cast(constantOfNumbers({ shape: [count], data: values }, "float32"), dtype)];
  if (dtype === "float32" || dtype === "int64" || dtype === "int32")
    return [constantOfNumbers({ shape: [count], data: values }, dtype)];
  throw made.unsupported(`numbers of ${dtype} are not supported.`);
};

const reshape: Importer = (made) => {
  const x = made.input(0);
  const keepZero = made.int("allowzero", 0) === 0;
  const shape = (made.either("shape", 1) ?? []).map((n, i) => (n === 0 && keepZero ? (x.shape[i] ?? 0) : n));
  return [f.reshape(x, shape)];
};

const flatten: Importer = (made) => {
  const x = made.input(0);
  const axis = made.int("axis", 1);
  const cut = axis === x.shape.length ? axis : axisOf(axis, x.shape.length, "Flatten");
  return [f.reshape(x, [elementCount(x.shape.slice(0, cut)), elementCount(x.shape.slice(cut))])];
};

const squeeze: Importer = (made) => {
  const x = made.input(0);
  const axes = made.either("axes", 1)?.map((axis) => axisOf(axis, x.shape.length, "Squeeze"));
  const gone = (axis: number) => (axes ? axes.includes(axis) : x.shape[axis] === 1);
  if (axes?.some((axis) => x.shape[axis] !== 1))
    throw new FoleyError("bad-file", `${made.what} leaves out an axis that is not 1.`);
  const left = x.shape.filter((_, axis) => !gone(axis));
  return [f.reshape(x, left)];
};

const unsqueeze: Importer = (made) => {
  const x = made.input(0);
  const axes = made.either("axes", 1) ?? [];
  const rank = x.shape.length + axes.length;
  if (rank > MAXIMUM_RANK) throw new FoleyError("bad-file", `${made.what} would have ${rank} axes.`);
  const added = new Set(distinctAxes(made, axes, rank));
  const sizes = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (sizes.shift() as number)));
  return [f.reshape(x, shape)];
};

/** From a place down to another one. */
function backwards(
  made: ImportedNode,
  x: GraphValue,
  axis: number,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): GraphValue {
  const size = x.shape[axis] as number;
  const counted = (place: number) => Math.max(-1, Math.min(size - 1, place < 0 ? place + size : place));
  const [first, last] = [counted(start), counted(end)];
  const count = Math.max(0, Math.ceil((last - first) / step));
  made.spend(count);
  return picked(
    made,
    x,
    axis,
    Array.from({ length: count }, (_, i) => first + i * step),
  );
}

const slice: Importer = (made) => {
  let x = made.input(0);
  const starts = made.either("starts", 1) ?? [];
  const ends = made.either("ends", 2) ?? [];
  const axes = made.either("axes", 3) ?? starts.map((_, i) => i);
  const steps = made.known(4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    throw new FoleyError(
      "bad-file",
      `${made.what} has ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps.`,
    );
  const along = distinctAxes(made, axes, x.shape.length);
  starts.forEach((start, i) => {
    const axis = along[i] as number;
    const [size, step] = [x.shape[axis] as number, steps[i] as number];
    if (step < 0) {
      x = backwards(made, x, axis, { start, end: ends[i] as number, step });
      return;
    }
    if (!(step >= 1)) throw new FoleyError("bad-file", `${made.what} has a step of ${step}.`);
    const clamped = (position: number) => Math.min(size, Math.max(0, position < 0 ? position + size : position));
    const from = clamped(start);
    x = f.slice(x, axis, from, Math.max(from, clamped(ends[i] as number)), step);
  });
  return [x];
};

const split: Importer = (made) => {
  const x = made.input(0);
  const axis = axisOf(made.int("axis", 0), x.shape.length, "Split");
  const size = x.shape[axis] as number;
  const count = made.outputs.length;
  const part = Math.ceil(size / count);
  const sizes = made.either("split", 1) ?? Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
  if (made.int("num_outputs", count) !== count || sizes.length !== count) {
    const said = made.has("num_outputs") ? made.int("num_outputs", count) : sizes.length;
    throw new FoleyError("bad-file", `${made.what} makes ${said} parts and names ${count} outputs.`);
  }
  return f.split(x, sizes, axis);
};

/** Where the element stands that a place beside an axis repeats. */
const REPEATS: Readonly<Record<string, ((place: number, size: number) => number) | undefined>> = {
  edge: (place, size) => Math.max(0, Math.min(size - 1, place)),
  wrap: (place, size) => ((place % size) + size) % size,
  reflect: (place, size) => {
    if (size === 1) return 0;
    const round = 2 * (size - 1);
    const along = ((place % round) + round) % round;
    return along < size ? along : round - along;
  },
};

const pad: Importer = (made) => {
  let x = made.input(0);
  const mode = made.text("mode", "constant");
  const repeat = Object.hasOwn(REPEATS, mode) ? REPEATS[mode] : undefined;
  if (mode !== "constant" && !repeat) throw made.unsupported(`the mode "${mode}" is not supported.`);
  const value = made.inputs[2] ? (made.known(2)?.[0] ?? 0) : made.float("value", 0);
  const pads = made.either("pads", 1) ?? [];
  const axes = distinctAxes(made, made.known(3) ?? x.shape.map((_, axis) => axis), x.shape.length);
  if (pads.length !== 2 * axes.length)
    throw new FoleyError("bad-file", `${made.what} has ${pads.length} pads for ${axes.length} axes.`);
  axes.forEach((axis, i) => {
    const [before, after] = [pads[i] as number, pads[i + axes.length] as number];
    const size = x.shape[axis] as number;
    if (before + after + size < 0 || Math.max(-before, 0) > size || Math.max(-after, 0) > size)
      throw new FoleyError("bad-file", `${made.what} cuts more than there is of axis ${axis}.`);
    // What is below 0 is cut.
    x = f.slice(x, axis, Math.max(0, -before), size - Math.max(0, -after));
    const [more, behind] = [Math.max(0, before), Math.max(0, after)];
    if (!repeat || size === 0) x = padded(x, axis, more, behind, value);
    else if (more + behind > 0) {
      const left = x.shape[axis] as number;
      made.spend(more + left + behind);
      const order = Array.from({ length: more + left + behind }, (_, place) => repeat(place - more, left));
      x = picked(made, x, axis, order);
    }
  });
  return [x];
};

/** Some types have no padding in the runtime. */
const padded = (x: GraphValue, axis: number, before: number, after: number, value: number): GraphValue =>
  x.dtype === "bool"
    ? f.cast(f.padWith(f.cast(x, "int32"), axis, before, after, value), "bool")
    : f.padWith(x, axis, before, after, value);

/** Cuts or pads axes around their middle. */
const centered: Importer = (made) => {
  let x = made.input(0);
  const sizes = made.known(1) ?? [];
  const axes = distinctAxes(made, made.list("axes") ?? x.shape.map((_, axis) => axis), x.shape.length);
  axes.forEach((axis, i) => {
    const [size, to] = [x.shape[axis] as number, sizes[i] as number];
    const less = Math.floor(Math.max(0, size - to) / 2);
    x = f.slice(x, axis, less, less + Math.min(size, to));
    const more = Math.max(0, to - size);
    x = padded(x, axis, Math.floor(more / 2), Math.ceil(more / 2), 0);
  });
  return [x];
};

/** Channels become places: [batch, channels, high, wide] with blocks of a size. */
const depthToSpace: Importer = (made) => {
  const x = made.input(0);
  const [batch, channels, high, wide] = x.shape as readonly [number, number, number, number];
  const size = made.int("blocksize", 1);
  if (x.shape.length !== 4 || channels % size ** 2 !== 0) throw made.unsupported(`blocks of ${size} do not fit [${x.shape}].`);
  const each = channels / size ** 2;
  const isRows = made.text("mode", "DCR") === "DCR";
  const parts = f.reshape(x, isRows ? [batch, size, size, each, high, wide] : [batch, each, size, size, high, wide]);
  const turned = f.transpose(parts, isRows ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
  return [f.reshape(turned, [batch, each, high * size, wide * size])];
};

const spaceToDepth: Importer = (made) => {
  const x = made.input(0);
  const [batch, channels, high, wide] = x.shape as readonly [number, number, number, number];
  const size = made.int("blocksize", 1);
  if (x.shape.length !== 4 || high % size !== 0 || wide % size !== 0)
    throw made.unsupported(`blocks of ${size} do not fit [${x.shape}].`);
  const parts = f.reshape(x, [batch, channels, high / size, size, wide / size, size]);
  const perm = made.text("mode", "DCR") === "DCR" ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return [f.reshape(f.transpose(parts, perm), [batch, channels * size ** 2, high / size, wide / size])];
};

const eyeLike: Importer = (made) => {
  const { shape, dtype } = made.input(0);
  const to = made.has("dtype") ? dtypeOfElementType(made.int("dtype", 0)) : dtype;
  if (!to || shape.length !== 2) throw made.unsupported("only matrices of types that are known are supported.");
  const isOn = f.equal(f.add(places(made, shape, 0), made.int("k", 0)), places(made, shape, 1));
  return [f.cast(isOn, to)];
};

const tile: Importer = (made) => {
  const x = made.input(0);
  const repeats = made.known(1) ?? [];
  if (repeats.length !== x.shape.length)
    throw new FoleyError("bad-file", `${made.what} has ${repeats.length} repeats for ${x.shape.length} axes.`);
  const between = x.shape.flatMap((size) => [1, size]);
  const spread = x.shape.flatMap((size, i) => [repeats[i] as number, size]);
  const tiled = x.shape.map((size, i) => size * (repeats[i] as number));
  return [f.reshape(f.expand(f.reshape(x, between), spread), tiled)];
};

const expand: Importer = (made) => {
  const x = made.input(0);
  const wish = checkedShape(made.known(1) ?? [], made.what);
  // Both sides broadcast: a wish of 1 keeps the size.
  const rank = Math.max(wish.length, x.shape.length);
  const sizeAt = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  const wider = (axis: number) => (sizeAt(wish, axis) === 1 ? sizeAt(x.shape, axis) : sizeAt(wish, axis));
  return [
    f.expand(
      x,
      Array.from({ length: rank }, (_, axis) => wider(axis)),
    ),
  ];
};

const shapeOf = (made: ImportedNode): readonly number[] => {
  const { shape } = made.input(0);
  return shape.slice(made.int("start", 0), made.has("end") ? made.int("end", 0) : shape.length);
};

/** Rows by ONNX op type. */
export const layoutImporters: Readonly<Record<string, Importer>> = {
  Constant: constantOf,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: (made) => [integers(shapeOf(made))],
  Size: (made) => [integers([elementCount(made.input(0).shape)], [])],
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  Transpose: (made) => {
    const x = made.input(0);
    return [f.transpose(x, made.list("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i))];
  },
  Concat: (made) => {
    const parts = made.inputs.map((_, i) => made.input(i));
    return [f.concat(parts, made.int("axis", 0))];
  },
  Split: split,
  Slice: slice,
  Pad: pad,
  CenterCropPad: centered,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  EyeLike: eyeLike,
};
