/** ONNX files of random nodes, written field by field (onnx.proto3), so that right and wrong ones cost the same. */
import type { Random } from "@foley-control/core";

const ops = [
  ..."Add Sub Mul Div Pow Max Min Equal Greater Less And Or Xor Where MatMul Gather Concat Sum Expand Reshape Tile Split Slice Pad".split(
    " ",
  ),
  ..."Neg Abs Sqrt Exp Log Floor IsNaN IsInf Not Cast Shape Size Flatten Squeeze Unsqueeze Transpose Softmax Range ConstantOfShape".split(
    " ",
  ),
  ..."ReduceSum ReduceMean ReduceMax ReduceMin ReduceL2 Conv ConvTranspose MaxPool AveragePool LayerNormalization Gemm Clip Gelu If".split(
    " ",
  ),
  ..."MultiHeadAttention RotaryEmbedding MatMulNBits Dropout Constant Own".split(" "),
];
const attributes =
  "axis axes perm shape to kernel_shape strides pads dilations group keepdims num_outputs split num_heads block_size bits alpha start end allowzero value_int value_ints output_padding".split(
    " ",
  );
const numbers = [0, 1, 2, 3, 4, 7, -1, -2, 11, 64, 2 ** 16, 2 ** 31, 2 ** 40, -(2 ** 33), 2 ** 62];

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
};
const number = (field: number, value: number): number[] => [...varint(BigInt(field << 3)), ...varint(BigInt(value))];
const bytes = (field: number, content: readonly number[]): number[] => [
  ...varint(BigInt((field << 3) | 2)),
  ...varint(BigInt(content.length)),
  ...content,
];
const text = (field: number, content: string): number[] => bytes(field, [...new TextEncoder().encode(content)]);

function tensor(random: Random, name: string): number[] {
  const type = random.pick([1, 7, 7, 7, 6, 9, 2, 3, 11]);
  const dims = Array.from({ length: random.integer(0, 4) }, () => random.pick([0, 1, 2, 3, 4]));
  const count = dims.reduce((product, n) => product * n, 1) + (random.chance(0.05) ? 1 : 0);
  const values = Array.from({ length: count }, () => random.pick(random.chance(0.8) ? numbers.slice(0, 9) : numbers));
  const floats = () => values.flatMap((value) => [...new Uint8Array(Float32Array.of(value).buffer)]);
  const doubles = () => values.flatMap((value) => [...new Uint8Array(Float64Array.of(value).buffer)]);
  const whole = () => values.flatMap((value) => varint(BigInt(value)));
  const field = type === 1 ? bytes(4, floats()) : type === 11 ? bytes(10, doubles()) : bytes(type === 7 ? 7 : 5, whole());
  return [...dims.flatMap((dim) => number(1, dim)), ...number(2, type), ...field, ...text(8, name)];
}

function attribute(random: Random): number[] {
  const value = () => random.pick(random.chance(0.9) ? numbers.slice(0, 9) : numbers);
  const list = Array.from({ length: random.integer(0, 5) }, value);
  const name = text(1, random.pick(attributes));
  return random.chance(0.5)
    ? [...name, ...number(3, value()), ...number(20, 2)]
    : [...name, ...list.flatMap((n) => number(8, n)), ...number(20, 7)];
}

/** A node that reads some of the names and makes new ones. */
function node(random: Random, names: string[], depth: number): number[] {
  const op = random.pick(ops);
  const inputs = Array.from({ length: random.chance(0.1) ? 0 : random.integer(1, 4) }, () =>
    random.chance(0.03) ? "" : random.pick(names),
  );
  const outputs = Array.from(
    { length: random.chance(0.8) ? 1 : random.integer(1, 4) },
    () => `v${names.length}${random.chance(0.02) ? "" : `_${random.integer(0, 1e6)}`}`,
  );
  const branches =
    op === "If" && depth < 3
      ? ["then_branch", "else_branch"].flatMap((name) =>
          bytes(5, [...text(1, name), ...bytes(6, graph(random, [...names], 2, depth + 1)), ...number(20, 5)]),
        )
      : [];
  names.push(...outputs);
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Array.from({ length: random.integer(0, 4) }, () => bytes(5, attribute(random))).flat(),
    ...branches,
    ...(op === "Own" || random.chance(0.03) ? text(7, random.pick(["own", "com.microsoft"])) : []),
  ];
}

function graph(random: Random, names: string[], nodes: number, depth: number): number[] {
  const weights = Array.from({ length: random.integer(0, 5) }, (_, i) => `w${depth}_${i}`);
  const initializers = weights.map((name) => bytes(5, tensor(random, name)));
  names.push(...weights);
  const made = Array.from({ length: random.integer(1, nodes + 1) }, () => bytes(1, node(random, names, depth)));
  const output = bytes(12, text(1, names.at(-1) as string));
  return [...made.flat(), ...text(2, "g"), ...initializers.flat(), ...(depth === 0 ? input(random) : []), ...output];
}

function input(random: Random): number[] {
  const dims = Array.from({ length: random.integer(0, 4) }, () => random.pick([1, 2, 3, 4, 8]));
  const shape = bytes(
    2,
    dims.flatMap((dim) => bytes(1, number(1, dim))),
  );
  return bytes(11, [...text(1, "x"), ...bytes(2, bytes(1, [...number(1, random.pick([1, 1, 1, 7, 9])), ...shape]))]);
}

/** A file. */
export function writtenModel(random: Random): Uint8Array {
  const opset = bytes(8, number(2, random.pick([9, 11, 13, 18, 20])));
  const own = random.chance(0.3)
    ? bytes(25, [
        ...text(1, "Own"),
        ...text(4, "a"),
        ...text(5, "b"),
        ...bytes(7, [
          ...text(1, "a"),
          ...text(2, "b"),
          ...text(4, random.pick([...ops, "Own"])),
          ...(random.chance(0.2) ? text(7, "own") : []),
        ]),
        ...text(10, "own"),
      ])
    : [];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph(random, ["x"], 12, 0)), ...opset, ...own]);
}
