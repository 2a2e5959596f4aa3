/** Ops of one value with numbers at which their gradients are checked. */
import type { GraphValue } from "@foley-control/core";
import * as f from "../ops/functions.js";
import { node } from "../value.js";
import type { Fill } from "./gradient-check.js";

const positive: Fill = (r) => r.range(0.5, 2);
const within: Fill = (r) => r.range(-0.9, 0.9);
const wide: Fill = (r) => r.range(-8, 8);
/** Kinks at 0 must stay farther away than the step of the differences. */
const awayFromZero: Fill = (r) => (r.chance(0.5) ? 1 : -1) * r.range(0.1, 2);
/** As many positive as not, so that no trial is on the flat side only. */
const bothSides = (): Fill => {
  let sign = -1;
  return (r) => (sign = -sign) * r.range(0.1, 2);
};

/** Rows by title. */
export const unaryRows: Readonly<Record<string, readonly [(x: GraphValue) => GraphValue, Fill?]>> = {
  Neg: [f.negate],
  Exp: [f.exp],
  Log: [f.log, positive],
  Sqrt: [f.sqrt, positive],
  Reciprocal: [f.reciprocal, awayFromZero],
  Abs: [f.abs, awayFromZero],
  Sin: [f.sin, wide],
  Cos: [f.cos, wide],
  Tan: [f.tan, within],
  Asin: [f.asin, within],
  Acos: [f.acos, within],
  Atan: [f.atan, wide],
  Sinh: [f.sinh],
  Cosh: [f.cosh],
  Tanh: [f.tanh],
  Asinh: [f.asinh, wide],
  Acosh: [(x) => f.acosh(f.add(x, 1)), positive],
  Atanh: [f.atanh, within],
  "TopK of all": [(x) => f.topK(x, x.shape[x.shape.length - 1] as number)[0], wide],
  "TopK of one": [(x) => f.topK(x, 1, false)[0], wide],
  Sigmoid: [f.sigmoid, wide],
  Erf: [f.erf],
  Relu: [f.relu, bothSides()],
  Softplus: [f.softplus, wide],
  Gelu: [f.gelu, wide],
  SiLU: [f.silu, wide],
  square: [f.square],
  Softmax: [f.softmax, wide],
  Identity: [(x) => node("Identity", [x])[0] as GraphValue],
  "Cast to the same type": [(x) => node("Cast", [x], { to: "float32" })[0] as GraphValue],
};
