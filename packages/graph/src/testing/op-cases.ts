/** One graph per op and way of using it, with random numbers for its inputs: what the writer, the reader and the passes are tested on. */
import {
  createRandom,
  type DType,
  elementCount,
  type Graph,
  type GraphValue,
  type Random,
  type Shape,
} from "@foley-control/core";
import * as f from "../ops/functions.js";
import { constant, float, graph, input, named, node } from "../value.js";
import type { Fill } from "./gradient-check.js";

/** A graph and numbers for its inputs, float32 values where the input is float32. */
export interface OpCase {
  readonly title: string;
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, readonly number[]>>;
}

interface Given {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly fill?: Fill;
}

const positive: Fill = (r) => r.range(0.5, 2);
const within: Fill = (r) => r.range(-0.9, 0.9);
const wide: Fill = (r) => r.range(-8, 8);
const digit: Fill = (r) => r.integer(-2, 3);

/** Ways of using a convolution: shapes of input and weight, options. */
export const convolutionShapes: readonly (readonly [string, Shape, Shape, f.ConvolutionOptions])[] = [
  ["pointwise", [2, 3, 5], [4, 3, 1], {}],
  ["same length", [2, 3, 8], [4, 3, 7], { padding: 3 }],
  ["dilated", [1, 2, 9], [2, 2, 3], { dilation: 3, padding: 3 }],
  ["stride that divides", [2, 3, 8], [4, 3, 4], { stride: 2, padding: 1 }],
  ["stride that leaves places over", [1, 2, 11], [3, 2, 3], { stride: 3 }],
  ["uneven padding", [1, 2, 6], [3, 2, 4], { stride: 2, padding: [2, 1] }],
  ["groups", [2, 4, 7], [6, 2, 3], { groups: 2, padding: 1, stride: 2 }],
  ["depthwise", [2, 3, 6], [3, 1, 3], { groups: 3, dilation: 2, padding: 2 }],
  ["two axes", [2, 3, 5, 6], [4, 3, 3, 2], { stride: [2, 1], dilation: [1, 2], padding: [1, 0, 1, 2] }],
  ["two axes, groups", [1, 4, 4, 5], [4, 2, 2, 2], { groups: 2, stride: 2 }],
];

/** The same of transposed convolutions. */
export const transposedConvolutionShapes: readonly (readonly [string, Shape, Shape, f.TransposedConvolutionOptions])[] = [
  ["pointwise", [2, 3, 5], [3, 4, 1], {}],
  ["twice as long", [2, 3, 4], [3, 2, 4], { stride: 2, padding: 1 }],
  ["longer than the taps reach", [1, 2, 4], [2, 3, 2], { stride: 3, outputPadding: 2 }],
  ["dilated, uneven padding", [1, 2, 5], [2, 3, 3], { dilation: 2, padding: [1, 2] }],
  ["groups", [2, 4, 4], [4, 3, 4], { groups: 2, stride: 2, padding: 1, outputPadding: 1 }],
  ["two axes", [2, 3, 3, 4], [3, 2, 3, 2], { stride: [2, 3], padding: [1, 0, 0, 1], outputPadding: [1, 0] }],
];

/** Ways of pooling: shape of the input, window, options, of which an average takes the stride. */
export const poolingShapes: readonly (readonly [string, Shape, number | readonly number[], f.MaxPoolingOptions])[] = [
  ["surrounded", [2, 2, 5, 6], 3, { stride: 2, padding: 1 }],
  ["with taps apart", [1, 2, 5, 6], 2, { stride: 1, dilation: 2, padding: [0, 1, 1, 0] }],
  ["halves", [2, 3, 4, 6], 2, {}],
  ["halves what is odd", [1, 2, 5, 7], 2, {}],
  ["windows that overlap", [2, 2, 9], 3, { stride: 2 }],
  ["one axis alone", [1, 2, 3, 4], [1, 4], {}],
];

/** Cases of every op of the op table, the same for the same seed. */
export function opCases(seed: number): readonly OpCase[] {
  const cases: OpCase[] = [];
  const add = (
    title: string,
    given: readonly Given[],
    build: (...values: GraphValue[]) => GraphValue | readonly GraphValue[],
  ) => {
    const random = createRandom(seed, "op case", title);
    const values = given.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype ?? "float32"));
    const made = build(...values);
    const outputs = Array.isArray(made) ? (made as readonly GraphValue[]) : [made as GraphValue];
    cases.push({
      title,
      graph: graph(`case ${title}`, values, Object.fromEntries(outputs.map((value, i) => [`y${i}`, value]))),
      feeds: Object.fromEntries(given.map((one, i) => [`x${i}`, numbersOf(random, one)])),
    });
  };

  const unary: Readonly<Record<string, readonly [(x: GraphValue) => GraphValue, Fill?]>> = {
    Identity: [(x) => node("Identity", [x])[0] as GraphValue],
    "Identity with a label": [(x) => named(x, "middle")],
    Detach: [f.detach],
    Neg: [f.negate],
    Floor: [f.floor, wide],
    Ceil: [f.ceil, wide],
    Round: [f.round, wide],
    "Round of what is between": [(x) => f.round(f.multiply(x, 0.5)), digit],
    IsNaN: [(x) => f.cast(f.isNaN(f.log(x)), "float32"), digit],
    Exp: [f.exp],
    Log: [f.log, positive],
    Sqrt: [f.sqrt, positive],
    Reciprocal: [f.reciprocal, positive],
    Abs: [f.abs],
    Sign: [f.sign, digit],
    Sin: [f.sin, wide],
    Cos: [f.cos, wide],
    Tan: [f.tan, within],
    Asin: [f.asin, within],
    Acos: [f.acos, within],
    Atan: [f.atan, wide],
    Sinh: [f.sinh],
    Cosh: [f.cosh],
    Tanh: [f.tanh, wide],
    Asinh: [f.asinh, wide],
    Acosh: [(x) => f.acosh(f.add(x, 1)), positive],
    Atanh: [f.atanh, within],
    TopK: [(x) => f.topK(x, 3)[0], wide],
    "TopK of the smallest": [(x) => f.cast(f.topK(x, 2, false)[1], "float32"), wide],
    "padding with a number": [(x) => f.padWith(x, 1, 2, 1, -3)],
    Sigmoid: [f.sigmoid, wide],
    Erf: [f.erf, wide],
    Relu: [f.relu],
    Softplus: [f.softplus, (r) => r.range(-40, 40)],
    Gelu: [f.gelu, wide],
    Softmax: [f.softmax, wide],
    "Softmax of large numbers": [(x) => f.softmax(f.multiply(x, 100)), wide],
    "Cast to int32 and back": [(x) => f.cast(f.cast(x, "int32"), "float32"), wide],
    "Cast to bool and back": [(x) => f.cast(f.cast(x, "bool"), "float32"), digit],
    "Cast to float16 and back": [(x) => f.cast(f.cast(x, "float16"), "float32"), digit],
    "a number of each type": [
      (x) => f.cast(f.add(f.multiply(f.cast(f.add(f.cast(x, "float16"), 0.5), "int64"), 3), 1), "float32"),
      digit,
    ],
  };
  for (const [title, [apply, fill]] of Object.entries(unary)) add(title, [{ shape: [2, 3, 4], ...(fill && { fill }) }], apply);

  const binary: Readonly<Record<string, readonly [(a: GraphValue, b: GraphValue) => GraphValue, Fill?]>> = {
    Add: [f.add],
    Sub: [f.subtract],
    Mul: [f.multiply],
    Div: [f.divide, positive],
    Mod: [f.remainder, wide],
    Pow: [f.power, positive],
    Max: [f.maximum],
    Min: [f.minimum],
    Equal: [f.equal, digit],
    Greater: [f.greater, digit],
    GreaterOrEqual: [f.greaterOrEqual, digit],
    Where: [(a, b) => f.where(f.greater(a, 0), a, b)],
  };
  const pairs: readonly (readonly [Shape, Shape])[] = [
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [[], [2, 2]],
  ];
  for (const [title, [apply, fill]] of Object.entries(binary)) {
    for (const [a, b] of pairs) {
      add(
        `${title} of [${a}] and [${b}]`,
        [a, b].map((shape) => ({ shape, ...(fill && { fill }) })),
        (x, y) => apply(x as GraphValue, y as GraphValue),
      );
    }
  }
  const integer = [7, -7].map((n) => constant(Int32Array.of(n), [], "int32"));
  add("Div of integers", [{ shape: [2] }], (x) =>
    f.add(
      f.cast(f.divide(integer[0] as GraphValue, 2), "float32"),
      f.add(f.cast(f.divide(integer[1] as GraphValue, 2), "float32"), x as GraphValue),
    ),
  );
  add("Equal of int64", [{ shape: [6], dtype: "int64", fill: digit }], (x) => f.equal(x as GraphValue, 1));

  const products: readonly (readonly [Shape, Shape])[] = [
    [
      [2, 3],
      [3, 4],
    ],
    [
      [2, 5, 2, 3],
      [3, 4],
    ],
    [
      [2, 3],
      [5, 3, 4],
    ],
    [
      [2, 1, 2, 3],
      [5, 3, 4],
    ],
  ];
  for (const [a, b] of products)
    add(`MatMul of [${a}] and [${b}]`, [{ shape: a }, { shape: b }], (x, y) => f.matmul(x as GraphValue, y as GraphValue));

  for (const [title, x, w, options] of convolutionShapes)
    add(`Conv, ${title}`, [{ shape: x }, { shape: w }, { shape: [w[0] as number] }], (value, weight, bias) => [
      f.convolution(value as GraphValue, weight as GraphValue, { ...options, bias }),
      f.convolution(value as GraphValue, weight as GraphValue, options),
    ]);
  for (const [title, x, w, options] of transposedConvolutionShapes)
    add(
      `ConvTranspose, ${title}`,
      [{ shape: x }, { shape: w }, { shape: [(w[1] as number) * (options.groups ?? 1)] }],
      (value, weight, bias) => [
        f.transposedConvolution(value as GraphValue, weight as GraphValue, { ...options, bias }),
        f.transposedConvolution(value as GraphValue, weight as GraphValue, options),
      ],
    );

  for (const [title, x, window, options] of poolingShapes)
    for (const [op, pool] of Object.entries({ MaxPool: f.maxPool, AveragePool: f.averagePool }))
      add(`${op}, ${title}`, [{ shape: x }], (value) => pool(value as GraphValue, window, options));

  const whole = [{ shape: [2, 3, 4] }];
  const one = (title: string, build: (x: GraphValue) => GraphValue | readonly GraphValue[]) =>
    add(title, whole, (x) => build(x as GraphValue));
  one("Transpose", (x) => f.transpose(x, [2, 0, 1]));
  one("Reshape", (x) => f.reshape(x, [4, -1]));
  one("Reshape to a scalar and back", (x) => f.expand(f.reshape(f.sum(x, [0, 1, 2]), []), [2]));
  one("Expand", (x) => f.expand(f.reshape(x, [2, 3, 1, 4]), [3, 2, 3, 5, 4]));
  one("Concat", (x) => f.concat([x, f.negate(x), float(new Float32Array(8), [2, 1, 4])], 1));
  one("Split", (x) => f.split(x, [1, 2, 1], -1));
  one("Split, one part read", (x) => f.split(x, [1, 2, 1], -1)[1] as GraphValue);
  one("Split, the last part read", (x) => f.split(x, [1, 1, 2], -1)[2] as GraphValue);
  one("Slice", (x) => f.slice(x, 1, 1, 3));
  one("Slice with a step", (x) => f.slice(x, -1, 1, 4, 2));
  one("Slice from the end", (x) => f.slice(x, -1, -3, -1));
  one("Slice of nothing", (x) => f.concat([f.slice(x, -1, 2, 2), x], -1));
  one("Pad", (x) => f.pad(x, 1, 2, 1));
  one("zeros", (x) => f.add(x, f.zeros([2, 3, 4])));
  add("Gather", [{ shape: [4, 3] }, { shape: [2, 2], dtype: "int64", fill: (r) => r.integer(-4, 4) }], (x, i) =>
    f.gather(x as GraphValue, i as GraphValue),
  );
  add("Gather along an inner axis", [{ shape: [2, 4, 3] }], (x) =>
    f.gather(x as GraphValue, constant(Int32Array.of(3, 0, 0), [3], "int32"), 1),
  );
  for (const keep of [false, true]) {
    one(`ReduceSum, keepdims ${keep}`, (x) => f.sum(x, [0, -1], keep));
    one(`ReduceMean, keepdims ${keep}`, (x) => f.mean(x, [1], keep));
    one(`ReduceMax, keepdims ${keep}`, (x) => f.reduceMax(x, [-1], keep));
    one(`ReduceMin, keepdims ${keep}`, (x) => f.reduceMin(x, [0, 1], keep));
  }
  add("LayerNormalization", [{ shape: [2, 3, 8] }, { shape: [8] }], (x, w) =>
    f.layerNormalization(x as GraphValue, w as GraphValue, undefined, 1e-6),
  );
  add("LayerNormalization with bias", [{ shape: [2, 3, 8] }, { shape: [8] }, { shape: [8] }], (x, w, b) =>
    f.layerNormalization(x as GraphValue, w as GraphValue, b),
  );
  const normalised = [{ shape: [2, 3, 8] }, { shape: [8] }];
  const statistics = (x: GraphValue, w: GraphValue) =>
    node("LayerNormalization", [x, w], { epsilon: 1e-5 }) as readonly [GraphValue, GraphValue, GraphValue];
  add("LayerNormalization and its statistics", normalised, (x, w) => statistics(x as GraphValue, w as GraphValue));
  add("LayerNormalization and its last output", normalised, (x, w) =>
    [0, 2].map((i) => statistics(x as GraphValue, w as GraphValue)[i] as GraphValue),
  );
  add("LayerNormalization, only the last output", normalised, (x, w) => statistics(x as GraphValue, w as GraphValue)[2]);
  const byte: Fill = (r) => r.integer(1, 256);
  for (const [title, rows] of [
    ["MatMulNBits", [2, 5, 40]],
    ["MatMulNBits of one row", [1, 40]],
  ] as const)
    add(
      title,
      [{ shape: rows }, { shape: [6, 3, 16], dtype: "uint8", fill: byte }, { shape: [6, 3], fill: (r) => r.range(0.001, 0.01) }],
      (x, values, scales) => f.quantisedMatmul(x as GraphValue, values as GraphValue, scales as GraphValue),
    );
  const heads = (title: string, width: number, valueWidth: number) =>
    add(title, [{ shape: [2, 5, width] }, { shape: [2, 7, width] }, { shape: [2, 7, valueWidth] }], (q, k, v) =>
      f.multiHeadAttention(q as GraphValue, k as GraphValue, v as GraphValue, 4, 0.3),
    );
  heads("MultiHeadAttention", 32, 32);
  heads("MultiHeadAttention with narrower values", 32, 16);
  for (const [title, half, adjacent] of [
    ["of whole heads", 4, false],
    ["of a part of each head", 2, false],
    ["of adjacent channels", 4, true],
    ["of some adjacent channels", 3, true],
  ] as const)
    add(`RotaryEmbedding ${title}`, [{ shape: [2, 5, 24] }, { shape: [5, half] }, { shape: [5, half] }], (x, cos, sin) =>
      f.rotaryEmbedding(x as GraphValue, cos as GraphValue, sin as GraphValue, 3, adjacent),
    );
  return cases;
}

function numbersOf(random: Random, { shape, fill }: Given): readonly number[] {
  return Array.from({ length: elementCount(shape) }, () => Math.fround(fill ? fill(random) : random.normal()));
}
