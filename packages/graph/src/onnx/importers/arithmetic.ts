/** Importers of arithmetic: element by element, comparisons, casts, and products of matrices. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { constant, float } from "../../value.js";
import { dtypeOfElementType, elementTypeName } from "../element-type.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { asInt32, binary, chosen, isFloat, unary, variadic } from "./helpers.js";

type Two = (a: GraphValue, b: GraphValue) => GraphValue;

const isByte = ({ dtype }: GraphValue): boolean => dtype === "int8" || dtype === "uint8";
/** What a runtime has for whole numbers of 32 bits, of bytes too; what leaves them wraps around. */
const both = (apply: Two): Two => asInt32((a, b) => apply(a as GraphValue, b as GraphValue)) as Two;
/** Comparisons of bytes are those of the numbers that they are. */
const compared =
  (apply: Two): Two =>
  (a, b) =>
    isByte(a) ? apply(f.cast(a, "int32"), f.cast(b, "int32")) : apply(a, b);

/** Vectors multiply as in numpy: a row on the left, a column on the right. */
function product(a: GraphValue, b: GraphValue): GraphValue {
  const left = a.shape.length === 1 ? f.reshape(a, [1, a.shape[0] as number]) : a;
  const right = b.shape.length === 1 ? f.reshape(b, [b.shape[0] as number, 1]) : b;
  const y = f.matmul(left, right);
  const leading = y.shape.slice(0, -2);
  const rows = a.shape.length === 1 ? [] : y.shape.slice(-2, -1);
  const columns = b.shape.length === 1 ? [] : y.shape.slice(-1);
  return f.reshape(y, [...leading, ...rows, ...columns]);
}

const gemm: Importer = (made) => {
  const [a, b, c] = [made.input(0), made.input(1), made.inputs[2]];
  const scaled = (x: GraphValue, factor: number) => (factor === 1 ? x : f.multiply(x, factor));
  const turned = (x: GraphValue, name: string) => (made.int(name, 0) !== 0 ? f.transposeLast(x) : x);
  const y = scaled(f.matmul(turned(a, "transA"), turned(b, "transB")), made.float("alpha", 1));
  return [c ? f.add(y, scaled(c, made.float("beta", 1))) : y];
};

const power: Importer = (made) => {
  const [x, exponent] = [made.input(0), made.input(1)];
  const numbers = made.guess(1);
  const single = exponent.shape.length <= x.shape.length && numbers?.length === 1 ? numbers[0] : undefined;
  if (single === 1) return [x];
  if (single === 2) return [f.square(x)];
  if (single === 3) return [f.multiply(f.square(x), x)];
  // Whole numbers stay whole; what is between them is cut off behind the power, not before.
  if (!x.dtype.startsWith("float")) return [f.power(x, exponent)];
  if (single === 0.5) return [f.sqrt(x)];
  if (single === -1) return [f.reciprocal(x)];
  if (single !== undefined && exponent.dtype !== x.dtype) return [f.power(x, single)];
  return [f.power(x, f.cast(exponent, x.dtype))];
};

/** A whole number divided by 0 would end a runtime. */
function checkDivisor(made: ImportedNode): void {
  if (!isFloat(made.input(1)) && made.guess(1)?.includes(0))
    throw new FoleyError("bad-file", `${made.what} divides whole numbers by 0.`);
}

const quotient: Importer = (made) => {
  checkDivisor(made);
  return [both(f.divide)(made.input(0), made.input(1))];
};

/** With the sign of the divisor, as in Python, or of the dividend. */
const remainder: Importer = (made) => {
  const [a, b] = [made.input(0), made.input(1)];
  const ofDividend = made.int("fmod", 0) !== 0;
  const [x, y] = isByte(a) ? [f.cast(a, "int32"), f.cast(b, "int32")] : [a, b];
  checkDivisor(made);
  const rest = isFloat(a) ? f.remainder(a, b) : f.subtract(x, f.multiply(f.divide(x, y), y));
  if (ofDividend) return [f.cast(rest, a.dtype)];
  // Of another sign than the divisor: their signs differ by 2.
  const isOther = f.equal(f.abs(f.subtract(f.sign(rest), f.sign(y))), 2);
  return [f.cast(f.where(isOther, f.add(rest, y), rest), a.dtype)];
};

const cast: Importer = (made) => {
  const to = made.int("to", 0);
  const dtype = dtypeOfElementType(to);
  if (!dtype) throw made.unsupported(`a cast to ${elementTypeName(to)} is not supported.`);
  return [f.cast(made.input(0), dtype)];
};

const no = constant(Uint8Array.of(0), [], "bool");
/** The runtime chooses between numbers, not between truth values. */
const truths = (apply: (a: GraphValue, b: GraphValue) => GraphValue) => (a: GraphValue, b: GraphValue) =>
  f.cast(apply(f.cast(a, "int32"), f.cast(b, "int32")), "bool");
const not = (x: GraphValue): GraphValue => f.equal(x, no);

const isInfinite: Importer = (made) => {
  const [x, above, below] = [made.input(0), made.int("detect_positive", 1) !== 0, made.int("detect_negative", 1) !== 0];
  if (!above && !below) return [f.greater(x, x)];
  const infinite = (value: number) => f.equal(x, f.cast(float(value), x.dtype));
  if (!above || !below) return [infinite(above ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)];
  return [f.equal(f.abs(x), f.cast(float(Number.POSITIVE_INFINITY), x.dtype))];
};

const clip: Importer = (made) => {
  let x = made.input(0);
  // Bounds were attributes before op set 11.
  const bound = (i: number, name: string) =>
    made.inputs[i] ?? (made.has(name) ? f.cast(float(made.float(name, 0)), x.dtype) : undefined);
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  if (low) x = both(f.maximum)(x, low);
  return [high ? both(f.minimum)(x, high) : x];
};

const dropout: Importer = (made) => {
  const training = made.inputs[2] ? made.known(2)?.[0] : 0;
  const ratio = made.inputs[1] ? made.known(1)?.[0] : made.float("ratio", 0.5);
  if (training && ratio !== 0) throw made.unsupported("it is in training mode.");
  if (made.outputs[1] && made.opset < 10) throw made.unsupported("its mask is read, which was no truth value before op set 10.");
  const x = made.input(0);
  return [x, made.outputs[1] ? f.expand(constant(Uint8Array.of(1), [], "bool"), x.shape) : undefined];
};

const mean: Importer = (made) => {
  const [sum] = variadic(f.add)(made);
  return [f.multiply(sum as GraphValue, 1 / made.inputs.length)];
};

/** As `cast`, to the type of another value. */
const castLike: Importer = (made) => [f.cast(made.input(0), made.input(1).dtype)];

/** The bits of a byte, a power of two up or down. */
const shifted: Importer = (made) => {
  const [x, by] = [made.input(0), made.input(1)];
  if (x.dtype !== "uint8") throw made.unsupported(`bits of ${x.dtype} are not supported.`);
  const [value, factor] = [f.cast(x, "int32"), f.cast(f.power(2, f.cast(by, "float32")), "int32")];
  return [f.cast(made.text("direction", "") === "LEFT" ? f.multiply(value, factor) : f.divide(value, factor), x.dtype)];
};

/** Rows by ONNX op type. */
export const arithmeticImporters: Readonly<Record<string, Importer>> = {
  Identity: unary((x) => x),
  Dropout: dropout,
  Neg: unary((x) => (x.dtype === "int8" ? asInt32((a) => f.negate(a as GraphValue))(x) : f.negate(x))),
  Exp: unary(f.exp),
  Log: unary(f.log),
  Sqrt: unary(f.sqrt),
  Reciprocal: unary(f.reciprocal),
  Abs: unary(f.abs),
  Sign: unary(f.sign),
  Sin: unary(f.sin),
  Cos: unary(f.cos),
  Tan: unary(f.tan),
  Asin: unary(f.asin),
  Acos: unary(f.acos),
  Atan: unary(f.atan),
  Sinh: unary(f.sinh),
  Cosh: unary(f.cosh),
  Asinh: unary(f.asinh),
  Acosh: unary(f.acosh),
  Atanh: unary(f.atanh),
  Erf: unary(f.erf),
  Floor: unary(f.floor),
  Ceil: unary(f.ceil),
  Round: unary(f.round),
  Clip: clip,
  Not: unary(not),
  And: binary(truths(f.minimum)),
  Or: binary(truths(f.maximum)),
  Xor: binary((a, b) => not(f.equal(a, b))),
  IsNaN: unary(f.isNaN),
  IsInf: isInfinite,
  Add: binary(both(f.add)),
  Sub: binary(both(f.subtract)),
  Mul: binary(both(f.multiply)),
  Div: quotient,
  Mod: remainder,
  Pow: power,
  BitShift: shifted,
  Sum: variadic(f.add),
  Mean: mean,
  Max: variadic(both(f.maximum)),
  Min: variadic(both(f.minimum)),
  Equal: binary(compared(f.equal)),
  Greater: binary(compared(f.greater)),
  GreaterOrEqual: binary(compared(f.greaterOrEqual)),
  Less: binary(compared((a, b) => f.greater(b, a))),
  LessOrEqual: binary(compared((a, b) => f.greaterOrEqual(b, a))),
  Where: (made) => [chosen(made.input(0), made.input(1), made.input(2))],
  Cast: cast,
  CastLike: castLike,
  MatMul: binary(product),
  Gemm: gemm,
};
