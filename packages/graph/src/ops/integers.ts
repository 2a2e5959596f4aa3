/**
 * Integers as their types hold them. The reference interpreter computes in float64, which knows every whole number up to 2^53: beyond that
 * the same operation is done again in whole numbers, and what is larger than its type wraps around, as it does in every runtime.
 */
import { type DType, float16ToFloat32, float32ToFloat16, type GraphNode } from "@foley-control/core";
import { type Array64, broadcastStrides, list, type OpDefinition, offsets } from "./definition.js";
import { elementwiseOps } from "./elementwise.js";
import { layoutOps } from "./layout.js";
import { countOf, keptShape, reductionTargets } from "./reduce.js";

/** Bits of the integer types, and whether they are signed. */
const WIDTHS: Partial<Record<DType, readonly [bits: number, signed: boolean]>> = {
  int64: [64, true],
  int32: [32, true],
  int8: [8, true],
  uint8: [8, false],
};

/** Whether a type holds whole numbers; truth values are none. */
export const isInteger = (dtype: DType): boolean => Object.hasOwn(WIDTHS, dtype);

const wrapped = (value: bigint, dtype: DType): bigint => {
  const [bits, signed] = WIDTHS[dtype] as readonly [number, boolean];
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
};

/** A number as processors convert it: cut towards zero; what does not fit, and what is no number, becomes the least one. */
function converted(value: number, dtype: DType): bigint {
  const bits = dtype === "int64" ? 64 : 32;
  const whole = Math.trunc(value);
  const fits = whole >= -(2 ** (bits - 1)) && whole < 2 ** (bits - 1);
  return wrapped(fits ? BigInt(whole) : -(1n << BigInt(bits - 1)), dtype);
}

/** Whole numbers as an array of the interpreter; exactly beside float64 where that does not hold them. */
export function integerArray(shape: readonly number[], integers: BigInt64Array): Array64 {
  const data = Float64Array.from(integers, Number);
  return data.every(Number.isSafeInteger) ? { shape, data } : { shape, data, integers };
}

/** There is no -0 among whole numbers. */
const unsigned0 = (value: number): number => value + 0;

/** What a type holds of numbers that were computed in float64. */
export function held(dtype: DType, { shape, data }: Array64): Array64 {
  if (dtype === "float16") return { shape, data: Float64Array.from(float16ToFloat32(float32ToFloat16(Float32Array.from(data)))) };
  if (!isInteger(dtype)) return { shape, data };
  const [bits, signed] = WIDTHS[dtype] as readonly [number, boolean];
  const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits];
  const fits = (value: number) => Number.isSafeInteger(value) && value >= low && value < high;
  return data.every(fits)
    ? { shape, data: data.map(unsigned0) }
    : integerArray(
        shape,
        BigInt64Array.from(data, (value) => converted(value, dtype)),
      );
}

/** The numbers of an array as whole ones. */
const wholeOf = ({ data, integers }: Array64): BigInt64Array => integers ?? BigInt64Array.from(data, BigInt);

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const binary: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => (b === 0n ? 0n : a / b),
  Max: larger,
  Min: (a, b) => -larger(-a, -b),
  Equal: (a, b) => (a === b ? 1n : 0n),
  Greater: (a, b) => (a > b ? 1n : 0n),
  GreaterOrEqual: (a, b) => (a >= b ? 1n : 0n),
};
const unary: Readonly<Record<string, (a: bigint) => bigint>> = {
  Identity: (a) => a,
  Detach: (a) => a,
  Cast: (a) => a,
  Neg: (a) => -a,
  Abs: (a) => (a < 0n ? -a : a),
  Sign: (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n),
  Relu: (a) => (a > 0n ? a : 0n),
};

/**
 * A node of whole numbers, computed in whole numbers.
 *
 * @returns the outputs, or `undefined` for an op that is none of arithmetic, moving or reducing
 */
export function exactly(made: GraphNode, inputs: readonly Array64[]): readonly Array64[] | undefined {
  const { op, attributes, outputs } = made;
  if (!isInteger((made.inputs[op === "Where" ? 1 : 0] ?? { dtype: "bool" as const }).dtype)) return undefined;
  if (Object.hasOwn(movers, op)) return moved(made, inputs);
  const [first, second] = inputs as readonly [Array64, Array64];
  const { shape, dtype } = outputs[0] as GraphNode["outputs"][number];
  const whole = (values: BigInt64Array) => [
    isInteger(dtype)
      ? integerArray(
          shape,
          values.map((value) => wrapped(value, dtype)),
        )
      : { shape, data: numbersOf(values, dtype) },
  ];
  const one = Object.hasOwn(unary, op) ? unary[op] : undefined;
  // What leaves 64 bits wraps in the array itself.
  if (one) return whole(wholeOf(first).map((value) => one(value)));
  const two = Object.hasOwn(binary, op) ? binary[op] : undefined;
  if (two) {
    const spread = (x: Array64) => {
      const values = wholeOf(x);
      return BigInt64Array.from(offsets(shape, broadcastStrides(x.shape, shape)), (i) => values[i] as bigint);
    };
    const [a, b] = [spread(first), spread(second)];
    return whole(a.map((value, i) => two(value, b[i] as bigint)));
  }
  const join = Object.hasOwn(reductions, op) ? reductions[op] : undefined;
  return join && whole(reduced(join, op === "ReduceMean", first, list(attributes, "axes")));
}

const numbersOf = (values: BigInt64Array, dtype: DType): Float64Array =>
  Float64Array.from(values, (value) => (dtype === "bool" ? Number(value !== 0n) : Number(value)));

const plus = (a: bigint, b: bigint) => a + b;
const reductions: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  ReduceSum: plus,
  ReduceMean: plus,
  ReduceMax: larger,
  ReduceMin: (a, b) => -larger(-a, -b),
};

function reduced(join: (a: bigint, b: bigint) => bigint, isMean: boolean, x: Array64, axes: readonly number[]): BigInt64Array {
  const values = wholeOf(x);
  const to = reductionTargets(x.shape, axes);
  const size = keptShape(x.shape, axes).reduce((product, n) => product * n, 1);
  const results = new Array<bigint | undefined>(size).fill(undefined);
  for (let i = 0; i < to.length; i++) {
    const [at, value] = [to[i] as number, values[i] as bigint];
    const before = results[at];
    results[at] = before === undefined ? value : join(before, value);
  }
  const count = BigInt(countOf(x.shape, axes));
  return BigInt64Array.from(results, (value = 0n) => (isMean && count > 0n ? value / count : value));
}

/** Ops that compute nothing. */
const movers: Readonly<Record<string, OpDefinition>> = { ...layoutOps, Where: elementwiseOps["Where"] as OpDefinition };

/** An op that only moves elements moves their places instead; place 0 is the zero that padding brings. */
function moved(made: GraphNode, inputs: readonly Array64[]): readonly Array64[] {
  const { dtype } = made.outputs[0] as GraphNode["outputs"][number];
  const pool: bigint[] = [0n];
  const isIndex = (i: number) => (made.op === "Gather" && i === 1) || (made.op === "Where" && i === 0);
  const placed = inputs.map((x, i) => {
    if (isIndex(i)) return x;
    const first = pool.length;
    for (const value of wholeOf(x)) pool.push(value);
    return { shape: x.shape, data: Float64Array.from({ length: x.data.length }, (_, at) => first + at) };
  });
  const row = movers[made.op] as OpDefinition;
  return row.evaluate(placed, made.attributes, made.outputs).map(({ shape, data }) =>
    integerArray(
      shape,
      BigInt64Array.from(data, (place) => wrapped(pool[place] as bigint, dtype)),
    ),
  );
}
