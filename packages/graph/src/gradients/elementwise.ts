/** Gradients of the element-by-element ops. */
import type { GraphValue } from "@foley-control/core";
import * as f from "../ops/functions.js";
import { type GradientRule, rule } from "./rule.js";
import { unbroadcast } from "./unbroadcast.js";

/** From the gradient by y = op(x), x and y: the gradient by x. */
// @__NO_SIDE_EFFECTS__
const unary = (gradient: (dy: GraphValue, x: GraphValue, y: GraphValue) => GraphValue): GradientRule =>
  rule((dy, { inputs, outputs }) => [gradient(dy, inputs[0] as GraphValue, outputs[0] as GraphValue)]);

type Binary = (dy: GraphValue, a: GraphValue, b: GraphValue, y: GraphValue) => GraphValue;

/** One rule per operand; broadcasting is undone here. */
// @__NO_SIDE_EFFECTS__
const binary = (byA: Binary, byB: Binary): GradientRule =>
  rule((dy, { inputs, outputs, needs }) => {
    const [a, b] = inputs as readonly [GraphValue, GraphValue];
    const y = outputs[0] as GraphValue;
    return [
      needs(0) ? unbroadcast(byA(dy, a, b, y), a.shape) : undefined,
      needs(1) ? unbroadcast(byB(dy, a, b, y), b.shape) : undefined,
    ];
  });

const passed: Binary = (dy) => dy;

/** Rows of the gradient table; `null` is an op through which nothing flows. */
export const elementwiseGradients: Readonly<Record<string, GradientRule | null>> = {
  Identity: unary((dy) => dy),
  Detach: null,
  Neg: unary((dy) => f.negate(dy)),
  // Flat wherever they have a slope.
  Floor: null,
  Ceil: null,
  Round: null,
  Exp: unary((dy, _x, y) => f.multiply(dy, y)),
  Log: unary((dy, x) => f.divide(dy, x)),
  Sqrt: unary((dy, _x, y) => f.divide(f.multiply(dy, 0.5), y)),
  Reciprocal: unary((dy, _x, y) => f.negate(f.multiply(dy, f.square(y)))),
  Abs: unary((dy, x) => f.multiply(dy, f.sign(x))),
  Sign: null,
  Sin: unary((dy, x) => f.multiply(dy, f.cos(x))),
  Cos: unary((dy, x) => f.negate(f.multiply(dy, f.sin(x)))),
  Tan: unary((dy, _x, y) => f.multiply(dy, f.add(1, f.square(y)))),
  Asin: unary((dy, x) => f.divide(dy, f.sqrt(f.subtract(1, f.square(x))))),
  Acos: unary((dy, x) => f.negate(f.divide(dy, f.sqrt(f.subtract(1, f.square(x)))))),
  Atan: unary((dy, x) => f.divide(dy, f.add(1, f.square(x)))),
  Sinh: unary((dy, x) => f.multiply(dy, f.cosh(x))),
  Cosh: unary((dy, x) => f.multiply(dy, f.sinh(x))),
  Asinh: unary((dy, x) => f.divide(dy, f.sqrt(f.add(f.square(x), 1)))),
  Acosh: unary((dy, x) => f.divide(dy, f.sqrt(f.subtract(f.square(x), 1)))),
  Atanh: unary((dy, x) => f.divide(dy, f.subtract(1, f.square(x)))),
  Tanh: unary((dy, _x, y) => f.multiply(dy, f.subtract(1, f.square(y)))),
  Sigmoid: unary((dy, _x, y) => f.multiply(dy, f.multiply(y, f.subtract(1, y)))),
  Erf: unary((dy, x) => f.multiply(dy, f.multiply(f.exp(f.negate(f.square(x))), 2 / Math.sqrt(Math.PI)))),
  Relu: unary((dy, x) => f.where(f.greater(x, 0), dy, 0)),
  Softplus: unary((dy, x) => f.multiply(dy, f.sigmoid(x))),
  // d/dx x·Φ(x) = Φ(x) + x·φ(x)
  Gelu: unary((dy, x) => {
    const distribution = f.multiply(f.add(f.erf(f.multiply(x, Math.SQRT1_2)), 1), 0.5);
    const density = f.multiply(f.exp(f.multiply(f.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return f.multiply(dy, f.add(distribution, f.multiply(x, density)));
  }),
  Add: binary(passed, passed),
  Sub: binary(passed, (dy) => f.negate(dy)),
  Mul: binary(
    (dy, _a, b) => f.multiply(dy, b),
    (dy, a) => f.multiply(dy, a),
  ),
  Div: binary(
    (dy, _a, b) => f.divide(dy, b),
    (dy, _a, b, y) => f.negate(f.divide(f.multiply(dy, y), b)),
  ),
  Mod: binary(passed, (dy, a, b, y) => f.negate(f.multiply(dy, f.round(f.divide(f.subtract(a, y), b))))),
  // The second holds for a > 0 only, as the power itself does when b is no integer.
  Pow: binary(
    (dy, a, b) => f.multiply(dy, f.multiply(b, f.power(a, f.subtract(b, 1)))),
    (dy, a, _b, y) => f.multiply(dy, f.multiply(y, f.log(a))),
  ),
  Max: binary(
    (dy, a, b) => f.where(f.greaterOrEqual(a, b), dy, 0),
    (dy, a, b) => f.where(f.greater(b, a), dy, 0),
  ),
  Min: binary(
    (dy, a, b) => f.where(f.greaterOrEqual(b, a), dy, 0),
    (dy, a, b) => f.where(f.greater(a, b), dy, 0),
  ),
  Equal: null,
  Greater: null,
  GreaterOrEqual: null,
  IsNaN: null,
  Where: rule((dy, { inputs, needs }) => {
    const [condition, a, b] = inputs as readonly [GraphValue, GraphValue, GraphValue];
    return [
      undefined,
      needs(1) ? unbroadcast(f.where(condition, dy, 0), a.shape) : undefined,
      needs(2) ? unbroadcast(f.where(condition, 0, dy), b.shape) : undefined,
    ];
  }),
  // Integers and truth values have no gradient.
  Cast: rule((dy, { inputs }) => {
    const { dtype } = inputs[0] as GraphValue;
    return [dtype === "float32" || dtype === "float16" ? f.cast(dy, dtype) : undefined];
  }),
};
