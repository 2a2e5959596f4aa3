/** T5's tokeniser and encoder; ids and states of whole texts are checked by the golden cases. */
import { float32ToFloat16, type Graph, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { testTextEncoder } from "@foley-control/core/testing";
import { compare, formulaWeights, type GoldenTensor, misses, numbers } from "@foley-control/golden";
import { goldenJson, goldenModel } from "@foley-control/golden/node";
import { graph, input, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { t5TextEncoder } from "./t5.js";
import { characterMap } from "./t5-character-map.js";
import { readT5Config } from "./t5-config.js";
import { relativePositionBucket, t5EncoderStates } from "./t5-encoder.js";
import { t5Tokeniser } from "./t5-tokeniser.js";

interface Prompt {
  readonly text: string;
  readonly tag: string;
  readonly ids: Readonly<Record<"64" | "128", readonly number[]>>;
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const config = goldenJson<object>("sao/sao-tiny/t5-tiny/config.json");
const tokenizer = goldenJson<Record<string, unknown>>("sao/sao-tiny/t5-tiny/tokenizer.json");
const table = formulaWeights(goldenModel("sao/sao-tiny/t5-tiny"));
const weights = memoryParameters(table);
const encoder = t5TextEncoder({ config, tokenizer, weights }, 128);
const { prompts } = goldenJson<{ readonly prompts: readonly Prompt[] }>("sao/sao-tiny-tokens.json");

describe("tokeniser files", () => {
  const limits = readT5Config(config);
  test("a map inside a sequence of normalisers is executed as stored too", () => {
    const sequence = { ...tokenizer, normalizer: { type: "Sequence", normalizers: [tokenizer["normalizer"]] } };
    const { text, ids } = prompts.find(({ tag }) => tag.startsWith("zero width")) as Prompt;
    const found = t5Tokeniser(sequence, limits, 64)(text).ids;
    expect(Array.from(found.slice(0, ids[64].length), Number)).toEqual(ids[64]);
  });
  test("ids without an embedding are refused", () => {
    expect(() => t5Tokeniser(tokenizer, { ...limits, vocabulary: 499 }, 64)).toThrow(/ids up to 499.*vocab_size 499/);
  });
  test.each([null, 7, {}, { ...tokenizer, model: { type: "Unigram" } }])("%#: no tokeniser", (json) => {
    expect(() => t5Tokeniser(json, limits, 64)).toThrow(/tokenizer\.json cannot be read/);
  });
  test.each(["", "AAAA", "/////w==", "&", "CAAAAAAAAAA="])("character map %j is damaged", (base64) => {
    expect(() => characterMap(base64)).toThrow(/character map.*is damaged/);
  });
  test("a trie that points outside the map finds nothing or says so", () => {
    const bytes = Buffer.alloc(4 + 4 * 256, 0xff);
    bytes.writeUInt32LE(4 * 256, 0);
    expect(characterMap(bytes.toString("base64"))("abc")).toBe("abc");
  });
});

test("relative positions share buckets as in the reference", () => {
  const first = [...Array(130).keys()].map((n) => relativePositionBucket(-n, 32, 128));
  for (const [distance, bucket] of [
    [7, 7],
    [8, 8],
    [11, 8],
    [12, 9],
    [15, 9],
    [16, 10],
    [22, 10],
    [23, 11],
    [31, 11],
    [32, 12],
    [45, 12],
    [46, 13],
    [63, 13],
    [64, 14],
    [90, 14],
    [91, 15],
    [129, 15],
  ] as const) {
    expect(first[distance], `distance ${distance}`).toBe(bucket);
    expect(relativePositionBucket(distance, 32, 128)).toBe(16 + bucket);
  }
  // Half of half of the buckets is rounded down.
  expect([0, -1, -2, -3, 1, 2, 9].map((n) => relativePositionBucket(n, 6, 7))).toEqual([0, 1, 1, 2, 4, 4, 5]);
});
test("buckets that no distance falls into are refused", () => {
  const distances = { relative_attention_num_buckets: 32, relative_attention_max_distance: 8 };
  expect(() => readT5Config({ ...config, ...distances })).toThrow(/relative_attention_max_distance: must be above a quarter/);
});

/** The graph with values of its inside as further outputs, by label. */
function withStates(source: Graph, names: Readonly<Record<string, string>>): Graph {
  const byLabel = new Map(valuesOf(source).map((value) => [value.name, value]));
  const more = Object.fromEntries(
    Object.entries(names).map(([key, label]) => {
      const value = byLabel.get(label);
      if (!value) throw new Error(`no value ${label}`);
      return [key, value];
    }),
  );
  return graph(source.name, source.inputs, { ...source.outputs, ...more });
}

const f32 = (tensor: PlainTensor | undefined) => (tensor as PlainTensor<"float32">).data;

test("rows of padding are exactly zero, and float16 weights are widened", async () => {
  const wide = await statesOf(weights);
  const half = await statesOf(
    memoryParameters(
      Object.fromEntries(
        Object.entries(table).map(([name, { shape, data }]) => [
          name,
          { dtype: "float16" as const, shape, data: float32ToFloat16(data) },
        ]),
      ),
    ),
  );
  const real = (prompts[0] as Prompt).ids[128].length * 128;
  expect(wide.subarray(real).every((value) => value === 0)).toBe(true);
  expect(wide.subarray(0, real).some((value) => value === 0)).toBe(false);
  expect(misses([compare("float16", numbers(half), numbers(wide), { relL2: 5e-3 })])).toEqual([]);
  expect(half).not.toEqual(wide);
});

/** States of the first text. */
async function statesOf(source: ParameterSource): Promise<Float32Array> {
  const read = t5TextEncoder({ config, tokenizer, weights: source }, 128);
  const { ids, mask } = read.tokenise((prompts[0] as Prompt).text);
  const executable = await runtime.load(read.graph(), read.weights);
  const { tokens } = await executable.run({
    ids: { dtype: "int64", shape: [1, 128], data: ids },
    mask: { dtype: "float32", shape: [1, 128], data: mask },
  });
  await executable.dispose();
  return f32(tokens);
}

test("the gated feed-forward of T5 1.1 is what its formula says", async () => {
  const described = readT5Config({
    d_model: 2,
    d_kv: 1,
    d_ff: 3,
    num_layers: 1,
    num_heads: 1,
    vocab_size: 2,
    feed_forward_proj: "gated-gelu",
  });
  const tensor = (shape: number[], ...data: number[]): GoldenTensor => ({
    dtype: "float32",
    shape,
    data: Float32Array.from(data),
  });
  const [gate, value, out] = [
    [0.5, -1, 2, 0.25, -0.75, 1],
    [1, 1, -0.5, 2, 0.1, -1],
    [1, -2, 0.5, 0.3, 0.7, -1],
  ];
  const block = "encoder.block.0.layer";
  const source = memoryParameters({
    "shared.weight": tensor([2, 2], 0, 0, 0.6, -0.8),
    ...Object.fromEntries(["q", "k", "v"].map((which) => [`${block}.0.SelfAttention.${which}.weight`, tensor([1, 2], 0, 0)])),
    [`${block}.0.SelfAttention.o.weight`]: tensor([2, 1], 0, 0),
    [`${block}.0.SelfAttention.relative_attention_bias.weight`]: tensor([32, 1], ...new Array(32).fill(0)),
    [`${block}.0.layer_norm.weight`]: tensor([2], 1, 1),
    [`${block}.1.layer_norm.weight`]: tensor([2], 1, 1),
    [`${block}.1.DenseReluDense.wi_0.weight`]: tensor([3, 2], ...gate),
    [`${block}.1.DenseReluDense.wi_1.weight`]: tensor([3, 2], ...value),
    [`${block}.1.DenseReluDense.wo.weight`]: tensor([2, 3], ...out),
    "encoder.final_layer_norm.weight": tensor([2], 1, 1),
  });
  const [ids, mask] = [input("ids", [1, 1], "int64"), input("mask", [1, 1])];
  const plain = graph("t5", [ids, mask], { states: t5EncoderStates(described, ids, mask) });
  const executable = await runtime.load(withStates(plain, { block: "encoder.block.0" }), source);
  const found = await executable.run({
    ids: { dtype: "int64", shape: [1, 1], data: BigInt64Array.of(1n) },
    mask: { dtype: "float32", shape: [1, 1], data: Float32Array.of(1) },
  });
  await executable.dispose();
  const rms = Math.sqrt((0.6 ** 2 + 0.8 ** 2) / 2 + 1e-6);
  const normed = [0.6 / rms, -0.8 / rms] as const;
  const product = (rows: readonly number[], i: number) =>
    (rows[2 * i] as number) * normed[0] + (rows[2 * i + 1] as number) * normed[1];
  const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  const inner = [0, 1, 2].map((i) => gelu(product(gate, i)) * product(value, i));
  const expected = [0.6, -0.8].map((x, row) => x + inner.reduce((sum, y, i) => sum + y * (out[3 * row + i] as number), 0));
  expect(misses([compare("block", numbers(f32(found["block"])), numbers(expected), { maxAbs: 1e-5 })])).toEqual([]);
});

describe("text encoder contract", () => {
  for (const check of testTextEncoder(() => encoder)) test(check.name, () => check.run(runtime));
});

test("the table may be stored as encoder.embed_tokens.weight", () => {
  const { "shared.weight": shared, ...others } = table;
  const renamed = memoryParameters({ ...others, "encoder.embed_tokens.weight": shared as GoldenTensor });
  const { weights: found } = t5TextEncoder({ config, tokenizer, weights: renamed }, 8);
  expect(found.get("shared.weight")?.shape).toEqual([512, 128]);
  expect(found.names()).toContain("shared.weight");
});

test.each([
  [{ d_model: "wide" }, /d_model: .*number/],
  [{ feed_forward_proj: "gated-silu" }, /feed_forward_proj/],
  [{ model_type: "bert" }, /model_type/],
  [{ num_layers: 0 }, /num_layers/],
])("config.json with %j names the field", (change, message) => {
  expect(() => readT5Config({ ...config, ...change })).toThrow(message);
});
