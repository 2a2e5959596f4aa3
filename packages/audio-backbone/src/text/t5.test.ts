/** T5's tokeniser and encoder against Hugging Face tokenizers and transformers; see ../../fixtures/README.md. */
import { float32ToFloat16, type Graph, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { testTextEncoder } from "@foley-control/core/testing";
import { graph, input, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  differences,
  type FixtureTensor,
  type FormulaEntry,
  formulaRows,
  formulaTensors,
  readJson,
  readTensors,
} from "../../fixtures/fixture-files.js";
import { t5TextEncoder } from "./t5.js";
import { characterMap } from "./t5-character-map.js";
import { readT5Config } from "./t5-config.js";
import { relativePositionBucket, t5EncoderStates } from "./t5-encoder.js";
import { t5Tokeniser } from "./t5-tokeniser.js";

type Slice = readonly (readonly [number, number, number])[];
interface Case {
  readonly outputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly slice?: Slice }>>;
  readonly weights: Readonly<Record<string, FormulaEntry>>;
  readonly tolerance: { readonly maxAbs: number; readonly relL2: number; readonly hidden_fp16: { readonly relL2: number } };
}
interface Prompt {
  readonly text: string;
  readonly tag: string;
  readonly ids: Readonly<Record<"64" | "128", readonly number[]>>;
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const config = readJson("./t5-tiny/config.json");
const tokenizer = readJson<Record<string, unknown>>("./t5-tiny/tokenizer.json");
const weights = memoryParameters(formulaTensors(readJson("./t5-tiny-weights.json")));
const encoder = t5TextEncoder({ config, tokenizer, weights }, 128);
const { prompts } = readJson<{ readonly prompts: readonly Prompt[] }>("./sao-tiny-tokens.json");

describe.each([128, 64] as const)("tokeniser, %i rows", (length) => {
  const tokenise = t5Tokeniser(tokenizer, readT5Config(config), length);
  test.each(prompts.map((prompt) => [prompt.tag, prompt] as const))("%s", (_tag, { text, ids: golden }) => {
    const real = golden[`${length}`];
    const { ids, mask } = tokenise(text);
    expect(Array.from(ids, Number)).toEqual([...real, ...new Array(length - real.length).fill(0)]);
    expect(Array.from(mask)).toEqual(Array.from({ length }, (_, row) => (row < real.length ? 1 : 0)));
  });
});

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
});

/** The stored part of [rows, columns]. */
function cut(data: Float32Array, width: number, slice: Slice | undefined): ArrayLike<number> {
  if (!slice) return data;
  const [rows, columns] = slice.slice(-2) as [readonly [number, number, number], readonly [number, number, number]];
  const found: number[] = [];
  for (let row = rows[0]; row < rows[1]; row += rows[2])
    for (let column = columns[0]; column < columns[1]; column += columns[2]) found.push(data[row * width + column] as number);
  return found;
}

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

describe("encoder of the tiny folder", () => {
  const golden = readJson<Case>("./sao-tiny-t5.json");
  const stored = readTensors("./sao-tiny-t5.safetensors");
  const width = 128;
  const inputs = (index: number) => {
    const { ids, mask } = encoder.tokenise((prompts[index] as Prompt).text);
    return {
      ids: { dtype: "int64", shape: [1, 128], data: ids },
      mask: { dtype: "float32", shape: [1, 128], data: mask },
    } as const;
  };
  const check = (name: string, found: Float32Array, limits: { maxAbs?: number; relL2: number } = golden.tolerance) => {
    const { maxAbs, relL2 } = differences(cut(found, width, golden.outputs[name]?.slice), stored(`out.${name}`).data);
    if (limits.maxAbs !== undefined) expect(maxAbs, `${name}: largest difference`).toBeLessThan(limits.maxAbs);
    expect(relL2, `${name}: relative difference`).toBeLessThan(limits.relL2);
  };

  test("states of all texts; padding is exactly zero; float32 stays near the reference's float16", async () => {
    const executable = await runtime.load(encoder.graph(), encoder.weights);
    for (const [index, { ids }] of prompts.entries()) {
      const { tokens } = await executable.run(inputs(index));
      const real = ids[128].length * width;
      check(`hidden.${index}`, f32(tokens).subarray(0, real));
      expect(
        f32(tokens)
          .subarray(real)
          .every((value) => Object.is(value, 0) || Object.is(value, -0)),
      ).toBe(true);
      if (golden.outputs[`hidden_fp16.${index}`])
        check(`hidden_fp16.${index}`, f32(tokens).subarray(0, real), golden.tolerance.hidden_fp16);
    }
    await executable.dispose();
  });

  test("weights stored as float16 are widened and computed with in float32", async () => {
    const executable = await runtime.load(encoder.graph(), inFloat16(readJson("./t5-tiny-weights.json")));
    for (const index of [0, 3, 11]) {
      const { tokens } = await executable.run(inputs(index));
      check(`hidden_w16.${index}`, f32(tokens).subarray(0, (prompts[index] as Prompt).ids[128].length * width));
    }
    await executable.dispose();
  });

  test("residual stream of the first text, the position bias, the states of padding before they are zeroed", async () => {
    const [ids, mask] = [input("ids", [1, 128], "int64"), input("mask", [1, 128])];
    const states = graph("t5", [ids, mask], { "mid.last_with_pad": t5EncoderStates(readT5Config(config), ids, mask) });
    const source = withStates(states, {
      "mid.embedded": "embedded",
      "mid.block0.attn": "encoder.block.0.attention",
      "mid.block0.ff": "encoder.block.0",
      "mid.block1.attn": "encoder.block.1.attention",
      "mid.block1.ff": "encoder.block.1",
      bias: "positionBias",
    });
    const executable = await runtime.load(source, weights);
    const found = await executable.run(inputs(0));
    await executable.dispose();
    for (const name of Object.keys(source.outputs)) {
      if (name === "bias") continue;
      check(name, name === "mid.last_with_pad" ? f32(found[name]) : f32(found[name]).subarray(0, 11 * width));
    }
    const bias = f32(found["bias"]);
    const rows = [0, 1, 2, 3].flatMap((head) =>
      [0, 64, 127].flatMap((query) => Array.from(bias.subarray((head * 128 + query) * 128, (head * 128 + query + 1) * 128))),
    );
    expect(differences(rows, stored("out.mid.position_bias").data)).toEqual({ maxAbs: 0, relL2: 0 });
  });
});

test("two layers of t5-base's width", async () => {
  const golden = readJson<
    Case & { readonly config: Record<string, unknown> & { readonly ids: number[]; readonly realTokens: number } }
  >("./t5-base-width.json");
  const stored = readTensors("./t5-base-width.safetensors");
  const { ids: all, realTokens: real } = golden.config;
  // The table has 32,128 rows; the ids read these, so it is cut to them and the ids renumbered.
  const rows = [...new Set(all)];
  const { "shared.weight": table, ...others } = golden.weights;
  const shared = formulaRows("shared.weight", table as FormulaEntry, rows);
  const ids = input("ids", [1, all.length], "int64");
  const mask = input("mask", [1, all.length]);
  const described = readT5Config({ ...golden.config, vocab_size: rows.length });
  const plain = graph("t5", [ids, mask], { hidden: t5EncoderStates(described, ids, mask) });
  const source = withStates(plain, { "mid.block0": "encoder.block.0", "mid.block1": "encoder.block.1" });
  const executable = await runtime.load(source, memoryParameters({ ...formulaTensors(others), "shared.weight": shared }));
  const found = await executable.run({
    ids: { dtype: "int64", shape: [1, all.length], data: BigInt64Array.from(all, (id) => BigInt(rows.indexOf(id))) },
    mask: { dtype: "float32", shape: [1, all.length], data: Float32Array.from(all, (_, i) => (i < real ? 1 : 0)) },
  });
  await executable.dispose();
  for (const name of Object.keys(source.outputs)) {
    const states = f32(found[name]).subarray(0, real * 768);
    const { maxAbs, relL2 } = differences(cut(states, 768, golden.outputs[name]?.slice), stored(`out.${name}`).data);
    expect(maxAbs, name).toBeLessThan(golden.tolerance.maxAbs);
    expect(relL2, name).toBeLessThan(golden.tolerance.relL2);
  }
  const half = cut(f32(found["hidden"]).subarray(0, real * 768), 768, golden.outputs["hidden_fp16"]?.slice);
  expect(differences(half, stored("out.hidden_fp16").data).relL2).toBeLessThan(golden.tolerance.hidden_fp16.relL2);
});

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
  const tensor = (shape: number[], ...data: number[]): FixtureTensor => ({
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
  expect(differences(f32(found["block"]), expected).maxAbs).toBeLessThan(1e-5);
});

describe("text encoder contract", () => {
  for (const check of testTextEncoder(() => encoder)) test(check.name, () => check.run(runtime));
});

test("the table may be stored as encoder.embed_tokens.weight", () => {
  const { "shared.weight": table, ...others } = formulaTensors(readJson("./t5-tiny-weights.json"));
  const renamed = memoryParameters({ ...others, "encoder.embed_tokens.weight": table as FixtureTensor });
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
  expect(() => readT5Config({ ...(config as object), ...change })).toThrow(message);
});

/** The formula's tensors, rounded to float16. */
function inFloat16(table: Readonly<Record<string, FormulaEntry>>): ParameterSource {
  return memoryParameters(
    Object.fromEntries(
      Object.entries(formulaTensors(table)).map(([name, { shape, data }]) => {
        return [name, { dtype: "float16" as const, shape, data: float32ToFloat16(data) }];
      }),
    ),
  );
}
