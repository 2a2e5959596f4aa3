/** What many importers are made of. */
import type { GraphValue } from "@foley-control/core";
import { axisOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import { constant } from "../../value.js";
import type { ImportedNode, Importer } from "../read-node.js";

/** What one more part of a node that is written out as many costs of the file's budget: a number in a file may ask for any count of them. */
export const NODES_WORK = 256;

/** The importer of an op of one value. */
// @__NO_SIDE_EFFECTS__
export const unary =
  (apply: (x: GraphValue, made: ImportedNode) => GraphValue): Importer =>
  (made) => [apply(made.input(0), made)];

/** The importer of an op of two values. */
// @__NO_SIDE_EFFECTS__
export const binary =
  (apply: (a: GraphValue, b: GraphValue) => GraphValue): Importer =>
  (made) => [apply(made.input(0), made.input(1))];

/** The importer of an op that joins any number of values. */
// @__NO_SIDE_EFFECTS__
export const variadic =
  (apply: (a: GraphValue, b: GraphValue) => GraphValue): Importer =>
  (made) => {
    made.spend(NODES_WORK * Math.max(0, made.inputs.length - 16));
    return [made.inputs.map((_, i) => made.input(i)).reduce((a, b) => apply(a, b))];
  };

/** Whole numbers as a constant. */
export const integers = (values: readonly number[], shape: readonly number[] = [values.length]): GraphValue =>
  constant(BigInt64Array.from(values, BigInt), shape, "int64");

/** 0, 1, 2, … along one axis of a shape, of size 1 along the others. */
export function places(made: ImportedNode, shape: readonly number[], axis: number): GraphValue {
  const size = shape[axis] as number;
  made.spend(size);
  return integers(
    Array.from({ length: size }, (_, i) => i),
    shape.map((_, i) => (i === axis ? size : 1)),
  );
}

/** What lies along an axis, in another order. */
export function picked(made: ImportedNode, x: GraphValue, axis: number, order: readonly number[]): GraphValue {
  made.spend(order.length);
  return f.gather(x, integers(order), axis);
}

/** An axis from its end. */
export function turnedOver(made: ImportedNode, x: GraphValue, axis: number): GraphValue {
  const size = x.shape[axis] as number;
  made.spend(size);
  return picked(
    made,
    x,
    axis,
    Array.from({ length: size }, (_, i) => size - 1 - i),
  );
}

/** Types that the runtime chooses between; of the others, the choice is made between whole numbers. */
const CHOSEN = ["float32", "float16", "int32", "int64", "uint8"];

/** `condition ? a : b` of any type. */
export function chosen(condition: GraphValue, a: GraphValue, b: GraphValue | number): GraphValue {
  if (CHOSEN.includes(a.dtype)) return f.where(condition, a, b);
  const whole = (x: GraphValue | number) => (typeof x === "number" ? x : f.cast(x, "int32"));
  return f.cast(f.where(condition, whole(a), whole(b)), a.dtype);
}

/** An op of the last axis, on another one. */
export function onLast(x: GraphValue, axis: number, apply: (x: GraphValue) => GraphValue): GraphValue {
  const last = x.shape.length - 1;
  if (axis === last) return apply(x);
  const perm = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  return f.transpose(apply(f.transpose(x, perm)), perm);
}

/** The axis that an attribute names. */
export const axisNamed = (made: ImportedNode, x: GraphValue, fallback: number): number =>
  axisOf(made.int("axis", fallback), x.shape.length, made.op);

/** Whether a type holds fractions. */
export const isFloat = ({ dtype }: GraphValue): boolean => dtype.startsWith("float");

/** Ops of numbers that a runtime has for whole numbers of 32 bits and not for bytes or truth values. */
export const asInt32 =
  (apply: (...values: readonly GraphValue[]) => GraphValue) =>
  (...values: readonly GraphValue[]): GraphValue => {
    const { dtype } = values[0] as GraphValue;
    if (dtype !== "int8" && dtype !== "uint8" && dtype !== "bool") return apply(...values);
    return f.cast(apply(...values.map((value) => f.cast(value, "int32"))), dtype);
  };
