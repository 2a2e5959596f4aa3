/** Element-by-element ops with numpy broadcasting. */
import { type DType, FoleyError, type GraphValue } from "@foley-control/core";
import { at, type Array64, type Attributes, broadcast, broadcastStrides, type GradientContext, offsets, type OpDefinition } from "./definition.js";
import * as f from "./functions.js";
import { unbroadcast } from "./unbroadcast.js";

type Unary = (dy: GraphValue, x: GraphValue, y: GraphValue) => GraphValue;

function unary(op: string, apply: (x: number) => number, gradient?: Unary): OpDefinition {
  return {
    infer: (inputs) => [{ dtype: at(inputs, 0, op).dtype, shape: at(inputs, 0, op).shape }],
    ...(gradient && {
      gradient: ({ inputs, outputs, gradients }: GradientContext) => [
        gradients[0] && gradient(gradients[0], inputs[0] as GraphValue, outputs[0] as GraphValue),
      ],
    }),
    evaluate: ([x]) => [{ shape: (x as Array64).shape, data: (x as Array64).data.map(apply) }],
  };
}

type Binary = (dy: GraphValue, a: GraphValue, b: GraphValue, y: GraphValue, which: 0 | 1) => GraphValue;

function binary(op: string, apply: (a: number, b: number) => number, gradient?: Binary, result?: DType): OpDefinition {
  return {
    infer(inputs) {
      const a = at(inputs, 0, op);
      const b = at(inputs, 1, op);
      if (a.dtype !== b.dtype) throw new FoleyError("shape-mismatch", `${op}: element types ${a.dtype} and ${b.dtype} differ.`, { hint: "Cast one of them." });
      return [{ dtype: result ?? a.dtype, shape: broadcast(a.shape, b.shape, op) }];
    },
    ...(gradient && {
      gradient({ inputs, outputs, gradients, needs }: GradientContext) {
        const [a, b] = inputs as readonly [GraphValue, GraphValue];
        const dy = gradients[0];
        const by = (which: 0 | 1) =>
          dy && needs(which) ? unbroadcast(gradient(dy, a, b, outputs[0] as GraphValue, which), (which === 0 ? a : b).shape) : undefined;
        return [by(0), by(1)];
      },
    }),
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

const rootTwo = Math.SQRT2;

/** Rows of the op table. */
export const elementwiseOps: Readonly<Record<string, OpDefinition>> = {
  Identity: unary("Identity", (x) => x, (dy) => dy),
  // Emitted as Identity; its row has no gradient rule, and that is its meaning.
  Detach: unary("Detach", (x) => x),
  Neg: unary("Neg", (x) => -x, (dy) => f.negate(dy)),
  Exp: unary("Exp", Math.exp, (dy, _x, y) => f.multiply(dy, y)),
  Log: unary("Log", Math.log, (dy, x) => f.divide(dy, x)),
  Sqrt: unary("Sqrt", Math.sqrt, (dy, _x, y) => f.divide(f.multiply(dy, 0.5), y)),
  Reciprocal: unary("Reciprocal", (x) => 1 / x, (dy, _x, y) => f.negate(f.multiply(dy, f.square(y)))),
  Abs: unary("Abs", Math.abs, (dy, x) => f.multiply(dy, f.sign(x))),
  Sign: unary("Sign", Math.sign),
  Sin: unary("Sin", Math.sin, (dy, x) => f.multiply(dy, f.cos(x))),
  Cos: unary("Cos", Math.cos, (dy, x) => f.negate(f.multiply(dy, f.sin(x)))),
  Tanh: unary("Tanh", Math.tanh, (dy, _x, y) => f.multiply(dy, f.subtract(1, f.square(y)))),
  Sigmoid: unary("Sigmoid", (x) => 1 / (1 + Math.exp(-x)), (dy, _x, y) => f.multiply(dy, f.multiply(y, f.subtract(1, y)))),
  Erf: unary("Erf", erf64, (dy, x) => f.multiply(dy, f.multiply(f.exp(f.negate(f.square(x))), 2 / Math.sqrt(Math.PI)))),
  Relu: unary("Relu", (x) => Math.max(0, x), (dy, x) => f.where(f.greater(x, 0), dy, 0)),
  Softplus: unary("Softplus", (x) => (x > 30 ? x : Math.log1p(Math.exp(x))), (dy, x) => f.multiply(dy, f.sigmoid(x))),
  // d/dx x·Φ(x) = Φ(x) + x·φ(x)
  Gelu: unary(
    "Gelu",
    (x) => 0.5 * x * (1 + erf64(x / rootTwo)),
    (dy, x) =>
      f.multiply(
        dy,
        f.add(
          f.multiply(f.add(f.erf(f.multiply(x, 1 / rootTwo)), 1), 0.5),
          f.multiply(x, f.multiply(f.exp(f.multiply(f.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))),
        ),
      ),
  ),
  Add: binary("Add", (a, b) => a + b, (dy) => dy),
  Sub: binary("Sub", (a, b) => a - b, (dy, _a, _b, _y, which) => (which === 0 ? dy : f.negate(dy))),
  Mul: binary("Mul", (a, b) => a * b, (dy, a, b, _y, which) => f.multiply(dy, which === 0 ? b : a)),
  Div: binary("Div", (a, b) => a / b, (dy, _a, b, y, which) => (which === 0 ? f.divide(dy, b) : f.negate(f.divide(f.multiply(dy, y), b)))),
  Max: binary("Max", Math.max, (dy, a, b, _y, which) => (which === 0 ? f.where(f.greaterOrEqual(a, b), dy, 0) : f.where(f.greater(b, a), dy, 0))),
  Min: binary("Min", Math.min, (dy, a, b, _y, which) => (which === 0 ? f.where(f.greaterOrEqual(b, a), dy, 0) : f.where(f.greater(a, b), dy, 0))),
  Equal: binary("Equal", (a, b) => (a === b ? 1 : 0), undefined, "bool"),
  Greater: binary("Greater", (a, b) => (a > b ? 1 : 0), undefined, "bool"),
  GreaterOrEqual: binary("GreaterOrEqual", (a, b) => (a >= b ? 1 : 0), undefined, "bool"),
  Where: {
    infer(inputs) {
      const [condition, a, b] = [at(inputs, 0, "Where"), at(inputs, 1, "Where"), at(inputs, 2, "Where")];
      if (condition.dtype !== "bool") throw new FoleyError("shape-mismatch", `Where: the condition must be bool, got ${condition.dtype}.`);
      return [{ dtype: a.dtype, shape: broadcast(condition.shape, broadcast(a.shape, b.shape, "Where"), "Where") }];
    },
    gradient({ inputs, gradients, needs }) {
      const [condition, a, b] = inputs as readonly [GraphValue, GraphValue, GraphValue];
      const dy = gradients[0];
      return [
        undefined,
        dy && needs(1) ? unbroadcast(f.where(condition, dy, 0), a.shape) : undefined,
        dy && needs(2) ? unbroadcast(f.where(condition, 0, dy), b.shape) : undefined,
      ];
    },
    evaluate(inputs, _attributes, types) {
      const [condition, a, b] = inputs as readonly [Array64, Array64, Array64];
      const shape = (types[0] as { shape: readonly number[] }).shape;
      const at3 = [condition, a, b].map((value) => offsets(shape, broadcastStrides(value.shape, shape))) as [Int32Array, Int32Array, Int32Array];
      const data = new Float64Array(at3[0].length);
      for (let i = 0; i < data.length; i++) {
        const from = condition.data[at3[0][i] as number] !== 0 ? a.data[at3[1][i] as number] : b.data[at3[2][i] as number];
        data[i] = from as number;
      }
      return [{ shape, data }];
    },
  },
  Cast: {
    infer: (inputs, attributes) => [{ dtype: attributes.to as DType, shape: at(inputs, 0, "Cast").shape }],
    gradient: ({ inputs, gradients }) => {
      const x = inputs[0] as GraphValue;
      return [gradients[0] && (x.dtype === "float32" || x.dtype === "float16") ? f.cast(gradients[0], x.dtype) : undefined];
    },
    evaluate([x], attributes) {
      const to = attributes.to as DType;
      const value = x as Array64;
      if (to === "bool") return [{ shape: value.shape, data: value.data.map((v) => (v !== 0 ? 1 : 0)) }];
      return [{ shape: value.shape, data: to.startsWith("float") ? value.data.slice() : value.data.map(Math.trunc) }];
    },
  },
};
