/**
 * Importers of ops that read or write at places that are numbers themselves. Reading is a gather from all elements as one list, so that there is a gradient;
 * writing is a gather too, from the old and the new elements, which needs the places to be known.
 */
import { elementCount, FoleyError, type GraphValue } from "@foley-control/core";
import { axisOf, offsets, stridesOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { asInt32, axisNamed, chosen, integers, isFloat, NODES_WORK, places, turnedOver } from "./helpers.js";

/** Places as int64, those from the end counted from the start. */
function counted(indices: GraphValue, size: number): GraphValue {
  const whole = f.cast(indices, "int64");
  return f.where(f.greater(0, whole), f.add(whole, size), whole);
}

const flat = (x: GraphValue): GraphValue => f.reshape(x, [elementCount(x.shape)]);

const gatherElements: Importer = (made) => {
  const [x, indices] = [made.input(0), made.input(1)];
  const axis = axisNamed(made, x, 0);
  const fits =
    indices.shape.length === x.shape.length && indices.shape.every((n, i) => i === axis || n <= (x.shape[i] as number));
  if (!fits) throw new FoleyError("bad-file", `${made.what}: places [${indices.shape}] do not fit [${x.shape}].`);
  const steps = stridesOf(x.shape);
  const at = indices.shape
    .map((_, i) =>
      f.multiply(i === axis ? counted(indices, x.shape[axis] as number) : places(made, indices.shape, i), steps[i] as number),
    )
    .reduce((a, b) => f.add(a, b));
  return [f.gather(flat(x), at)];
};

/** Rows of places that name the first axes: the place of each in a list. */
function listed(made: ImportedNode, indices: GraphValue, sizes: readonly number[]): GraphValue {
  const steps = stridesOf(sizes);
  const last = indices.shape.length - 1;
  if (sizes.length === 0) throw made.unsupported("places of nothing are not supported.");
  return f
    .split(
      indices,
      sizes.map(() => 1),
      last,
    )
    .map((part, i) => f.multiply(f.reshape(counted(part, sizes[i] as number), indices.shape.slice(0, -1)), steps[i] as number))
    .reduce((a, b) => f.add(a, b));
}

const gatherMany: Importer = (made) => {
  const [x, indices] = [made.input(0), made.input(1)];
  const batch = made.int("batch_dims", 0);
  const depth = indices.shape[indices.shape.length - 1] ?? 0;
  const [leading, named, rest] = [x.shape.slice(0, batch), x.shape.slice(batch, batch + depth), x.shape.slice(batch + depth)];
  if (named.length !== depth) throw new FoleyError("bad-file", `${made.what}: places of ${depth} axes do not fit [${x.shape}].`);
  let at = listed(made, indices, named);
  const size = elementCount(named);
  leading.forEach((_, i) => {
    const step = size * elementCount(leading.slice(i + 1));
    at = f.add(at, f.multiply(places(made, at.shape, i), step));
  });
  return [f.gather(f.reshape(x, [elementCount(leading) * size, ...rest]), at)];
};

/** How what is written joins what is there. */
const joins: Readonly<Record<string, ((a: GraphValue, b: GraphValue) => GraphValue) | undefined>> = {
  none: (_, b) => b,
  add: f.add,
  mul: f.multiply,
  max: f.maximum,
  min: f.minimum,
};

/** Writes rows of a list at known places, in turns if a place is named more than once. */
function written(made: ImportedNode, rows: GraphValue, updates: GraphValue, at: readonly number[]): GraphValue {
  const kind = made.text("reduction", "none");
  const join = Object.hasOwn(joins, kind) ? joins[kind] : undefined;
  if (!join) throw made.unsupported(`joining by "${kind}" is not supported.`);
  const count = rows.shape[0] as number;
  const turns: Map<number, number>[] = [];
  const next = new Map<number, number>();
  at.forEach((place, i) => {
    const row = place < 0 ? place + count : place;
    if (!(row >= 0 && row < count)) throw new FoleyError("bad-file", `${made.what}: there is no place ${place} of ${count}.`);
    const turn = kind === "none" ? 0 : (next.get(row) ?? 0);
    next.set(row, turn + 1);
    const turnOf = turns[turn] ?? new Map<number, number>();
    turns[turn] = turnOf.set(row, i);
  });
  return turns.reduce((y, turn) => {
    made.spend(NODES_WORK + count + turn.size);
    const touched = [...turn.keys()];
    const old = f.gather(y, integers(touched));
    const now = asInt32((a, b) => join(a as GraphValue, b as GraphValue))(old, f.gather(updates, integers([...turn.values()])));
    const from = Array.from({ length: count }, (_, row) => row);
    touched.forEach((row, i) => {
      from[row] = count + i;
    });
    return f.gather(f.concat([y, now], 0), integers(from));
  }, rows);
}

const scatterElements: Importer = (made) => {
  const [x, updates] = [made.input(0), made.input(2)];
  const axis = axisNamed(made, x, 0);
  const indices = made.known(1) ?? [];
  const { shape } = made.input(1);
  if (shape.length !== x.shape.length || elementCount(shape) !== elementCount(updates.shape))
    throw new FoleyError("bad-file", `${made.what}: places [${shape}] and numbers [${updates.shape}] do not fit [${x.shape}].`);
  const steps = stridesOf(x.shape);
  made.spend(indices.length);
  const bases = offsets(
    shape,
    steps.map((step, i) => (i === axis ? 0 : step)),
  );
  const size = x.shape[axis] as number;
  const at = indices.map((place, i) => {
    if (!(place >= -size && place < size))
      throw new FoleyError("bad-file", `${made.what}: there is no place ${place} of ${size}.`);
    return (bases[i] as number) + (place < 0 ? place + size : place) * (steps[axis] as number);
  });
  return [f.reshape(written(made, flat(x), flat(updates), at), x.shape)];
};

const scatterMany: Importer = (made) => {
  const [x, updates] = [made.input(0), made.input(2)];
  const { shape } = made.input(1);
  const depth = shape[shape.length - 1] ?? 0;
  const [named, rest] = [x.shape.slice(0, depth), x.shape.slice(depth)];
  const indices = made.known(1) ?? [];
  const steps = stridesOf(named);
  if (depth < 1) throw made.unsupported(`places [${shape}] that name no axis are not supported.`);
  const at: number[] = [];
  for (let row = 0; row < indices.length; row += depth)
    at.push(
      indices.slice(row, row + depth).reduce((sum, place, i) => {
        const size = named[i] as number;
        if (!(place >= -size && place < size))
          throw new FoleyError("bad-file", `${made.what}: there is no place ${place} of ${size}.`);
        return sum + (place < 0 ? place + size : place) * (steps[i] as number);
      }, 0),
    );
  const rows = f.reshape(x, [elementCount(named), ...rest]);
  return [f.reshape(written(made, rows, f.reshape(updates, [at.length, ...rest]), at), x.shape)];
};

const oneHot: Importer = (made) => {
  const indices = made.input(0);
  const depth = made.known(1)?.[0] ?? 0;
  const rank = indices.shape.length + 1;
  const axis = axisOf(made.int("axis", -1), rank, made.op);
  made.spend(depth);
  const at = counted(isFloat(indices) ? f.cast(indices, "int64") : indices, depth);
  const spread = f.reshape(at, [...indices.shape.slice(0, axis), 1, ...indices.shape.slice(axis)]);
  const range = integers(
    Array.from({ length: depth }, (_, i) => i),
    Array.from({ length: rank }, (_, i) => (i === axis ? depth : 1)),
  );
  const values = made.input(2);
  const [off, on] = [0, 1].map((i) => f.reshape(f.slice(values, 0, i, i + 1), [])) as [GraphValue, GraphValue];
  return [chosen(f.equal(range, spread), on, off)];
};

const triangle: Importer = (made) => {
  const x = made.input(0);
  const k = made.inputs[1] ? (made.known(1)?.[0] ?? 0) : 0;
  const rank = x.shape.length;
  const sizes = x.shape.slice(-2);
  if (rank < 2) throw new FoleyError("bad-file", `${made.what} needs two axes, got [${x.shape}].`);
  const [row, column] = [f.add(places(made, sizes, 0), k), places(made, sizes, 1)];
  const kept = made.int("upper", 1) !== 0 ? f.greaterOrEqual(column, row) : f.greaterOrEqual(row, column);
  return [chosen(kept, x, 0)];
};

const compress: Importer = (made) => {
  const x = made.input(0);
  const kept = (made.known(1) ?? []).flatMap((one, i) => (one !== 0 ? [i] : []));
  return [made.has("axis") ? f.gather(x, integers(kept), axisNamed(made, x, 0)) : f.gather(flat(x), integers(kept))];
};

const nonZero: Importer = (made) => {
  const numbers = made.known(0) ?? [];
  const { shape } = made.input(0);
  const found = numbers.flatMap((value, i) => (value !== 0 ? [i] : []));
  const steps = stridesOf(shape);
  made.spend(found.length * shape.length);
  const rows = shape.map((size, axis) => found.map((place) => Math.floor(place / (steps[axis] as number)) % size));
  return [integers(rows.flat(), [shape.length, found.length])];
};

/** The first rows of each sequence from their end. */
const reverseSequence: Importer = (made) => {
  const x = made.input(0);
  const [time, batch] = [made.int("time_axis", 0), made.int("batch_axis", 1)];
  const lengths = made.known(1) ?? [];
  if (new Set([time, batch]).size !== 2 || time > 1 || batch > 1)
    throw made.unsupported("only the first two axes are supported.");
  made.spend(NODES_WORK * lengths.length);
  const parts = f
    .split(
      x,
      lengths.map(() => 1),
      batch,
    )
    .map((part, i) => {
      const [size, length] = [x.shape[time] as number, lengths[i] as number];
      if (!(length >= 0 && length <= size))
        throw new FoleyError("bad-file", `${made.what} has a length of ${length} in ${size}.`);
      return f.concat([turnedOver(made, f.slice(part, time, 0, length), time), f.slice(part, time, length, size)], time);
    });
  return [f.concat(parts, batch)];
};

/** Rows by ONNX op type. */
export const indexingImporters: Readonly<Record<string, Importer>> = {
  Gather: (made) => [f.gather(made.input(0), made.input(1), made.int("axis", 0))],
  GatherElements: gatherElements,
  GatherND: gatherMany,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  ScatterND: scatterMany,
  OneHot: oneHot,
  Trilu: triangle,
  Compress: compress,
  NonZero: nonZero,
  ReverseSequence: reverseSequence,
};
