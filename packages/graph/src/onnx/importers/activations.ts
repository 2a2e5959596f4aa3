/** Importers of activations: one value, one curve. Whatever branches keeps the other branch finite, so that gradients are. */
import type { GraphValue } from "@foley-control/core";
import { quickGelu, tanhGelu } from "../../layers/feed-forward.js";
import { axisOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { asInt32, axisNamed, chosen, isFloat, onLast, places, unary } from "./helpers.js";

/** eˣ − 1 below 0, times a factor; 0 above. */
const bent = (x: GraphValue, alpha: number): GraphValue => f.multiply(f.subtract(f.exp(f.minimum(x, 0)), 1), alpha);

const within = (x: GraphValue): GraphValue => f.maximum(f.minimum(x, 1), 0);

/** Applies an op of the last axis as softmax means its axis: before op set 13 all axes from there on are one. */
function normalised(made: ImportedNode, apply: (x: GraphValue) => GraphValue): readonly GraphValue[] {
  const x = made.input(0);
  if (made.opset >= 13) return [onLast(x, axisNamed(made, x, -1), apply)];
  const axis = axisOf(made.int("axis", 1), Math.max(1, x.shape.length), made.op);
  if (axis === x.shape.length - 1) return [apply(x)];
  const size = x.shape.slice(axis).reduce((product, n) => product * n, 1);
  return [f.reshape(apply(f.reshape(x, [...x.shape.slice(0, axis), size])), x.shape)];
}

/** ln of softmax over the last axis; it does not change when all of an axis is shifted. */
export function logSoftmax(x: GraphValue): GraphValue {
  const shifted = f.subtract(x, f.detach(f.reduceMax(x, [-1], true)));
  return f.subtract(shifted, f.log(f.sum(f.exp(shifted), [-1], true)));
}

/** 1 at the first of the largest, 0 elsewhere. */
const hardmax = (made: ImportedNode) => (x: GraphValue) => {
  const last = x.shape.length - 1;
  const at = f.expand(places(made, x.shape, last), x.shape);
  const isLargest = f.greaterOrEqual(x, f.reduceMax(x, [last], true));
  const first = f.reduceMin(f.where(isLargest, at, x.shape[last] as number), [last], true);
  return f.cast(f.equal(at, first), x.dtype);
};

const swish = (x: GraphValue, alpha: number): GraphValue => f.multiply(x, f.sigmoid(alpha === 1 ? x : f.multiply(x, alpha)));

const leaky = (x: GraphValue, slope: GraphValue): GraphValue =>
  chosen(f.greaterOrEqual(x, 0), x, asInt32((a, b) => f.multiply(a as GraphValue, b as GraphValue))(x, slope));

const gelu: Importer = (made) => [(made.text("approximate", "none") === "tanh" ? tanhGelu : f.gelu)(made.input(0))];

/** x + bias where one is given. */
const biased = (made: ImportedNode): GraphValue => (made.inputs[1] ? f.add(made.input(0), made.inputs[1]) : made.input(0));

/** Rows by ONNX op type. */
export const activationImporters: Readonly<Record<string, Importer>> = {
  Tanh: unary(f.tanh),
  Sigmoid: unary(f.sigmoid),
  // The runtime has it for numbers with a fraction alone.
  Relu: unary((x) => (isFloat(x) ? f.relu(x) : asInt32((a) => f.maximum(a as GraphValue, 0))(x))),
  LeakyRelu: unary((x, made) => f.where(f.greaterOrEqual(x, 0), x, f.multiply(x, made.float("alpha", 0.01)))),
  PRelu: (made) => [leaky(made.input(0), made.input(1))],
  ThresholdedRelu: unary((x, made) => f.where(f.greater(x, made.float("alpha", 1)), x, 0)),
  Elu: unary((x, made) => f.where(f.greater(x, 0), x, bent(x, made.float("alpha", 1)))),
  Selu: unary((x, made) => {
    const [alpha, gamma] = [made.float("alpha", 1.6732632), made.float("gamma", 1.050701)];
    return f.multiply(f.where(f.greater(x, 0), x, bent(x, alpha)), gamma);
  }),
  Celu: unary((x, made) => {
    const alpha = made.float("alpha", 1);
    return f.add(f.maximum(x, 0), bent(f.multiply(x, 1 / alpha), alpha));
  }),
  HardSigmoid: unary((x, made) => within(f.add(f.multiply(x, made.float("alpha", 0.2)), made.float("beta", 0.5)))),
  HardSwish: unary((x) => f.multiply(x, within(f.add(f.multiply(x, 1 / 6), 0.5)))),
  Mish: unary((x) => f.multiply(x, f.tanh(f.softplus(x)))),
  Swish: unary((x, made) => swish(x, made.float("alpha", 1))),
  SwiGLU: (made) => [f.multiply(swish(made.input(0), made.float("alpha", 1)), made.input(1))],
  Softplus: unary(f.softplus),
  Softsign: unary((x) => f.divide(x, f.add(f.abs(x), 1))),
  Shrink: (made) => {
    const [x, lambda, bias] = [made.input(0), made.float("lambd", 0.5), made.float("bias", 0)];
    const value = isFloat(x) ? x : f.cast(x, "float32");
    const lower = f.where(f.greater(-lambda, value), f.add(value, bias), 0);
    return [f.cast(f.where(f.greater(value, lambda), f.subtract(value, bias), lower), x.dtype)];
  },
  Gelu: gelu,
  Softmax: (made) => normalised(made, f.softmax),
  LogSoftmax: (made) => normalised(made, logSoftmax),
  Hardmax: (made) => normalised(made, hardmax(made)),
};

/** Rows of `com.microsoft`. */
export const microsoftActivations: Readonly<Record<string, Importer>> = {
  Gelu: unary(f.gelu),
  BiasGelu: (made) => [f.gelu(biased(made))],
  FastGelu: (made) => [tanhGelu(biased(made))],
  QuickGelu: unary((x, made) =>
    made.float("alpha", 1.702) === Math.fround(1.702) ? quickGelu(x) : swish(x, made.float("alpha", 1.702)),
  ),
};
