/** What one row of the op table is made of: a shape rule and reference semantics. Gradient rules are a table of their own, see `gradients/`. */
import { type DType, elementCount, FoleyError, type GraphAttribute, type GraphValue, type Shape } from "@foley-control/core";

/** Attributes of a node. */
export type Attributes = Readonly<Record<string, GraphAttribute>>;

/** Type of one output. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A plain array in float64, used by the reference interpreter. */
export interface Array64 {
  /** Sizes per axis. */
  readonly shape: Shape;
  /** The elements, row-major. */
  readonly data: Float64Array;
  /** The same elements exactly, where they are whole numbers of which one is beyond 2^53. */
  readonly integers?: BigInt64Array;
}

/** One row of the op table. */
export interface OpDefinition {
  /** Shape rule; throws a FoleyError that names op and shapes. */
  infer(inputs: readonly GraphValue[], attributes: Attributes): readonly ValueType[];
  /** Reference semantics in float64: the oracle of the tests, and constant folding. */
  evaluate(inputs: readonly Array64[], attributes: Attributes, types: readonly ValueType[]): readonly Array64[];
}

/** Reads a numeric-list attribute. */
export function list(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value))
    throw new FoleyError("invalid-argument", `The attribute "${name}" must be a list of numbers, got ${String(value)}.`);
  return value as readonly number[];
}

/** Reads a number attribute. */
export function number(attributes: Attributes, name: string, fallback?: number): number {
  const value = attributes[name] ?? fallback;
  if (typeof value !== "number")
    throw new FoleyError("invalid-argument", `The attribute "${name}" must be a number, got ${String(value)}.`);
  return value;
}

/** The nth input, checked. */
export function at(inputs: readonly GraphValue[], index: number, op: string): GraphValue {
  const value = inputs[index];
  if (!value) throw new FoleyError("invalid-argument", `${op} needs at least ${index + 1} inputs, got ${inputs.length}.`);
  return value;
}

/** The first three inputs, checked. */
export function three(inputs: readonly GraphValue[], op: string): readonly [GraphValue, GraphValue, GraphValue] {
  return [at(inputs, 0, op), at(inputs, 1, op), at(inputs, 2, op)];
}

/** The error of an op whose inputs do not fit each other or its attributes. */
export function mismatch(op: string, what: string): FoleyError {
  return new FoleyError("shape-mismatch", `${op}: ${what}.`);
}

/** Makes a negative axis positive and checks it. */
export function axisOf(axis: number, rank: number, op: string): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw mismatch(op, `axis ${axis} does not exist in a tensor of ${rank} axes`);
  }
  return positive;
}

/** Numpy broadcasting of two shapes. */
export function broadcast(a: Shape, b: Shape, op: string): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw mismatch(op, `shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    }
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** Row-major strides. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i] as number;
  }
  return strides;
}

/** For every element of `shape` in row-major order, the flat offset into an array of the given (possibly zero) strides. */
export function offsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const size = elementCount(shape);
  const result = new Int32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < size; i++) {
    result[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      offset += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      offset -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

/** Strides that read `from` as if broadcast to `to`. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = stridesOf(from);
  return to.map((_, i) => {
    const j = i - (to.length - from.length);
    return j < 0 || from[j] === 1 ? 0 : (own[j] as number);
  });
}
