/** Element-by-element ops with numpy broadcasting. */
import { type DType, FoleyError } from "@foley-control/core";
import {
  type Array64,
  type Attributes,
  at,
  broadcast,
  broadcastStrides,
  mismatch,
  type OpDefinition,
  offsets,
  three,
} from "./definition.js";

function unary(op: string, apply: (x: number) => number): OpDefinition {
  return {
    infer: (inputs) => [{ dtype: at(inputs, 0, op).dtype, shape: at(inputs, 0, op).shape }],
    evaluate: ([x]) => [{ shape: (x as Array64).shape, data: (x as Array64).data.map(apply) }],
  };
}

function binary(op: string, apply: (a: number, b: number) => number, result?: DType): OpDefinition {
  return {
    infer(inputs) {
      const a = at(inputs, 0, op);
      const b = at(inputs, 1, op);
      // An integer may have an exponent that is none.
      if (a.dtype !== b.dtype && !(op === "Pow" && !a.dtype.startsWith("float"))) {
        throw new FoleyError("shape-mismatch", `${op}: element types ${a.dtype} and ${b.dtype} differ.`, {
          hint: "Cast one of them.",
        });
      }
      return [{ dtype: result ?? a.dtype, shape: broadcast(a.shape, b.shape, op) }];
    },
    evaluate(inputs, _attributes: Attributes, types) {
      const [a, b] = inputs as readonly [Array64, Array64];
      const shape = (types[0] as { shape: readonly number[] }).shape;
      const ia = offsets(shape, broadcastStrides(a.shape, shape));
      const ib = offsets(shape, broadcastStrides(b.shape, shape));
      const data = new Float64Array(ia.length);
      for (let i = 0; i < data.length; i++) data[i] = apply(a.data[ia[i] as number] as number, b.data[ib[i] as number] as number);
      return [{ shape, data }];
    },
  };
}

/** Abramowitz & Stegun 7.1.5-like series and continued fraction, to double precision. */
export function erf64(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let total = a;
    for (let n = 1; n < 80; n++) {
      term *= (-a * a) / n;
      total += term / (2 * n + 1);
    }
    return Math.sign(x) * total * (2 / Math.sqrt(Math.PI));
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = (n * 0.5) / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

/** The nearest whole number; of two that are as near, the even one. */
function roundedToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** Rows of the op table. */
export const elementwiseOps: Readonly<Record<string, OpDefinition>> = {
  Identity: unary("Identity", (x) => x),
  // Emitted as Identity; it has no gradient rule, and that is its meaning.
  Detach: unary("Detach", (x) => x),
  Neg: unary("Neg", (x) => -x),
  Floor: unary("Floor", Math.floor),
  Ceil: unary("Ceil", Math.ceil),
  Round: unary("Round", roundedToEven),
  Exp: unary("Exp", Math.exp),
  Log: unary("Log", Math.log),
  Sqrt: unary("Sqrt", Math.sqrt),
  Reciprocal: unary("Reciprocal", (x) => 1 / x),
  Abs: unary("Abs", Math.abs),
  Sign: unary("Sign", Math.sign),
  Sin: unary("Sin", Math.sin),
  Cos: unary("Cos", Math.cos),
  Tan: unary("Tan", Math.tan),
  Asin: unary("Asin", Math.asin),
  Acos: unary("Acos", Math.acos),
  Atan: unary("Atan", Math.atan),
  Sinh: unary("Sinh", Math.sinh),
  Cosh: unary("Cosh", Math.cosh),
  Tanh: unary("Tanh", Math.tanh),
  Asinh: unary("Asinh", Math.asinh),
  Acosh: unary("Acosh", Math.acosh),
  Atanh: unary("Atanh", Math.atanh),
  Sigmoid: unary("Sigmoid", (x) => 1 / (1 + Math.exp(-x))),
  Erf: unary("Erf", erf64),
  Relu: unary("Relu", (x) => Math.max(0, x)),
  Softplus: unary("Softplus", (x) => (x > 30 ? x : Math.log1p(Math.exp(x)))),
  Gelu: unary("Gelu", (x) => 0.5 * x * (1 + erf64(x / Math.SQRT2))),
  Add: binary("Add", (a, b) => a + b),
  Sub: binary("Sub", (a, b) => a - b),
  Mul: binary("Mul", (a, b) => a * b),
  Div: binary("Div", (a, b) => a / b),
  // As C has it: with the sign of the dividend.
  Mod: binary("Mod", (a, b) => a % b),
  Pow: binary("Pow", (a, b) => a ** b),
  Max: binary("Max", Math.max),
  Min: binary("Min", Math.min),
  Equal: binary("Equal", (a, b) => (a === b ? 1 : 0), "bool"),
  Greater: binary("Greater", (a, b) => (a > b ? 1 : 0), "bool"),
  GreaterOrEqual: binary("GreaterOrEqual", (a, b) => (a >= b ? 1 : 0), "bool"),
  IsNaN: {
    infer: (inputs) => [{ dtype: "bool", shape: at(inputs, 0, "IsNaN").shape }],
    evaluate: ([x]) => [{ shape: (x as Array64).shape, data: (x as Array64).data.map((value) => (Number.isNaN(value) ? 1 : 0)) }],
  },
  Where: {
    infer(inputs) {
      const [condition, a, b] = three(inputs, "Where");
      if (condition.dtype !== "bool") throw mismatch("Where", `the condition must be bool, got ${condition.dtype}`);
      if (a.dtype !== b.dtype) throw mismatch("Where", `element types ${a.dtype} and ${b.dtype} differ`);
      return [{ dtype: a.dtype, shape: broadcast(condition.shape, broadcast(a.shape, b.shape, "Where"), "Where") }];
    },
    evaluate(inputs, _attributes, types) {
      const [condition, a, b] = inputs as readonly [Array64, Array64, Array64];
      const shape = (types[0] as { shape: readonly number[] }).shape;
      const spread = ({ shape: own, data }: Array64) =>
        Float64Array.from(offsets(shape, broadcastStrides(own, shape)), (i) => data[i] as number);
      const [chosen, other] = [spread(a), spread(b)];
      const data = spread(condition).map((holds, i) => (holds !== 0 ? chosen : other)[i] as number);
      return [{ shape, data }];
    },
  },
  Cast: {
    infer: (inputs, attributes) => [{ dtype: attributes.to as DType, shape: at(inputs, 0, "Cast").shape }],
    evaluate([x], attributes) {
      const to = attributes.to as DType;
      const value = x as Array64;
      if (to === "bool") return [{ shape: value.shape, data: value.data.map((v) => (v !== 0 ? 1 : 0)) }];
      return [{ shape: value.shape, data: value.data }];
    },
  },
};
