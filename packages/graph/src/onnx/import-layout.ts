/** Importers of ops that move elements or compute shapes. Old op sets give as attributes what new ones give as inputs. */
import { type DType, elementCount, FoleyError, type GraphValue, parameterTensor } from "@foley-control/core";
import { axisOf } from "../ops/definition.js";
import * as f from "../ops/functions.js";
import { constant, float } from "../value.js";
import { distinctAxes } from "./axes.js";
import type { Importer } from "./import-compute.js";
import { constantOf as constantOfNumbers } from "./known.js";
import type { ImportedNode } from "./read-node.js";
import { checkedShape, MAXIMUM_RANK, readTensor } from "./read-tensor.js";

const integers = (values: readonly number[], shape: readonly number[] = [values.length]): GraphValue =>
  constant(BigInt64Array.from(values, BigInt), shape, "int64");

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
    if (!(step >= 1)) throw made.unsupported(`a step of ${step} is not supported.`);
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

const pad: Importer = (made) => {
  let x = made.input(0);
  if (made.text("mode", "constant") !== "constant")
    throw made.unsupported(`the mode "${made.text("mode", "")}" is not supported.`);
  if (made.float("value", 0) !== 0 || made.known(2)?.some((value) => value !== 0))
    throw made.unsupported("only padding with zeros is supported.");
  const pads = made.either("pads", 1) ?? [];
  const axes = distinctAxes(made, made.known(3) ?? x.shape.map((_, axis) => axis), x.shape.length);
  if (pads.length !== 2 * axes.length)
    throw new FoleyError("bad-file", `${made.what} has ${pads.length} pads for ${axes.length} axes.`);
  axes.forEach((axis, i) => {
    const [before, after] = [pads[i] as number, pads[i + axes.length] as number];
    if (before < 0 || after < 0) throw made.unsupported("negative padding is not supported.");
    x = f.pad(x, axis, before, after);
  });
  return [x];
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
  Gather: (made) => [f.gather(made.input(0), made.input(1), made.int("axis", 0))],
};
