/** Released files, read in place, and what is refused; what the networks compute inside is checked by the golden cases. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import {
  asTensor,
  type Comparison,
  compareAll,
  formulaWeights,
  type GoldenCase,
  type GoldenTensor,
  misses,
} from "@foley-control/golden";
import { goldenCase, goldenJson, goldenModel, goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { openPytorch, writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vjepa2 } from "../node.js";
import { vjepa2Encoder } from "./encoder.js";
import { inferVjepa2Config } from "./infer.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-vjepa2-"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const hf = goldenCase("vjepa2/vjepa2-hf-tiny");
const meta = goldenCase("vjepa2/vjepa2-meta-tiny");
const meta21 = goldenCase("vjepa2/vjepa21-meta-tiny");
const path = { meta: goldenPath("vjepa2/vjepa2-meta-tiny.pt"), meta21: goldenPath("vjepa2/vjepa21-meta-tiny.pt") };
const clipOf = (golden: GoldenCase) => asTensor(golden.input("pixel_values_videos"));

/** What an encoder makes of a clip. */
async function encode(encoder: VideoEncoder, pixels: PlainTensor): Promise<GoldenTensor> {
  const executable = await runtime.load(encoder.graph({ frames: pixels.shape[1] as number }), encoder.weights);
  const { tokens } = await executable.run({ pixels });
  await executable.dispose();
  return tokens as GoldenTensor;
}

/** What it makes of the clip of a case, beside what the case expects. */
async function pooled(golden: GoldenCase, encoder: VideoEncoder, output = "pooled_frame"): Promise<Comparison> {
  const [comparison] = compareAll(golden, { [output]: await encode(encoder, clipOf(golden)) }, [output]);
  return comparison as Comparison;
}

/** The folder of a release: an encoder with its predictor. */
async function writeRelease(name: string, parts: 1 | 2, changes: Readonly<Record<string, PlainTensor | undefined>> = {}) {
  const release = await mkdtemp(join(folder, name));
  const made: Record<string, PlainTensor | undefined> = {
    ...formulaWeights(goldenModel("vjepa2/vjepa2-hf-tiny")),
    ...changes,
  };
  const tensors = Object.entries(made).flatMap(([key, tensor]) => (tensor ? [[key, tensor] as const] : []));
  const files = parts === 1 ? ["model.safetensors"] : ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const fileOf = (i: number) => files[i % files.length] as string;
  for (const [which, file] of files.entries())
    await writeSafetensorsFile(join(release, file), Object.fromEntries(tensors.filter((_, i) => i % files.length === which)));
  const index = { metadata: {}, weight_map: Object.fromEntries(tensors.map(([key], i) => [key, fileOf(i)])) };
  if (parts === 2) await writeFile(join(release, "model.safetensors.index.json"), JSON.stringify(index));
  for (const file of ["config.json", "video_preprocessor_config.json"])
    await copyFile(goldenPath(`vjepa2/vjepa2-hf-tiny/${file}`), join(release, file));
  return release;
}

describe("a folder of Hugging Face", () => {
  test.each([1, 2] as const)("in %i files gives the tokens of its own code, read in place", async (parts) => {
    const release = await writeRelease("hf", parts);
    const encoder = await vjepa2(release);
    expect(encoder).toMatchObject({
      id: "meta/vjepa2-vit-96-64",
      window: 64,
      imageSize: [64, 64],
      tokenRate: 8,
      tokensPerStep: 1,
      tokenWidth: 96,
      normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    });
    expect(encoder.weights.get("encoder.layernorm.weight")?.bytes).toMatchObject({ kind: "file" });
    expect(misses([await pooled(hf, encoder)])).toEqual([]);
  });

  test("missing, unknown and mis-shaped tensors are one error that names them", async () => {
    const vector = (length: number): PlainTensor => ({ dtype: "float32", shape: [length], data: new Float32Array(length) });
    const release = await writeRelease("wrong", 1, {
      "encoder.layer.1.norm1.bias": undefined,
      "encoder.layer.2.norm2.bias": vector(95),
      "encoder.surprise": vector(1),
    });
    await expect(vjepa2(release)).rejects.toThrow(
      /encoder\.layer\.1\.norm1\.bias.*encoder\.layer\.2\.norm2\.bias.*\[95\].*\[96\].*encoder\.surprise/,
    );
    await expect(vjepa2(release)).rejects.toMatchObject({ code: "bad-weights" });
  });

  test("without config.json, or with one of another network, says what was expected", async () => {
    const release = await writeRelease("config", 1);
    const config = goldenJson<Record<string, unknown>>("vjepa2/vjepa2-hf-tiny/config.json");
    const write = (change: Record<string, unknown>) =>
      writeFile(join(release, "config.json"), JSON.stringify({ ...config, ...change }));
    await write({ hidden_act: "silu" });
    await expect(vjepa2(release)).rejects.toThrow(/"hidden_act" in config\.json is "silu"; gelu/);
    await write({ num_hidden_layers: 4, mlp_ratio: 4 });
    await expect(vjepa2(release)).rejects.toThrow(/num_hidden_layers is 4, the tensors have 3; mlp_ratio is 4/);
    await write({ num_attention_heads: 0 });
    await expect(vjepa2(release)).rejects.toThrow(/"num_attention_heads" in config\.json is 0; a whole number/);
    await writeFile(join(release, "config.json"), "{");
    await expect(vjepa2(release)).rejects.toMatchObject({ code: "bad-file" });
    await rm(join(release, "config.json"));
    await expect(vjepa2(release)).rejects.toThrow(/has no config\.json.*model\.safetensors.*facebook\/vjepa2-vitl-fpc64-256/);
    await expect(vjepa2(join(release, "nothing"))).rejects.toThrow(/nothing" does not exist/);
  });
});

describe("a checkpoint of Meta", () => {
  const { heads, hiddenSize } = meta.file.config;

  test.each(["target_encoder", "encoder"] as const)("%s: pooled tokens, read in place", async (network) => {
    const encoder = await vjepa2(path.meta, { network, heads, imageSize: 64 });
    expect(encoder.weights.get("blocks.0.attn.qkv.weight")).toMatchObject({
      shape: [3 * hiddenSize, hiddenSize],
      bytes: { kind: "file", path: path.meta },
    });
    expect(misses([await pooled(meta, encoder, `${network}.pooled_frame`)])).toEqual([]);
  });

  test("takes the running mean of the weights unless told otherwise", async () => {
    const encoder = await vjepa2(path.meta, { heads, imageSize: 64 });
    expect(encoder.id).toBe("meta/vjepa2-vit-96-64");
    expect((await vjepa2(path.meta, { network: "encoder", heads, imageSize: 64 })).id).toBe("meta/vjepa2-vit-96-64/encoder");
    expect(misses([await pooled(meta, encoder, "target_encoder.pooled_frame")])).toEqual([]);
  });

  test("asks for what no tensor tells, and names the networks that are there", async () => {
    await expect(vjepa2(path.meta)).rejects.toThrow(/width 96 is none of the released sizes.*Give the option heads/);
    await expect(vjepa2(path.meta, { heads: 7 })).rejects.toThrow(/options\.heads is 7; a divisor of the width 96/);
    await expect(vjepa2(path.meta, { network: "ema_encoder", heads })).rejects.toThrow(
      /no ema_encoder;.*"encoder".*"target_encoder"/,
    );
  });
});

test("V-JEPA 2.1 as an encoder: pooled, or four times as wide", async () => {
  const { heads, hiddenSize } = meta21.file.config;
  const encoder = await vjepa2(path.meta21, { heads, imageSize: 64 });
  expect(encoder).toMatchObject({ id: "meta/vjepa2.1-vit-64-64", tokenWidth: 64, tokenRate: 8 });
  expect(misses([await pooled(meta21, encoder)])).toEqual([]);
  const deep = await vjepa2(path.meta21, { heads, imageSize: 64, features: "hierarchical" });
  expect(deep.tokenWidth).toBe(4 * hiddenSize);
  const { shape, data } = await encode(deep, clipOf(meta21));
  const last = { shape, data: data.filter((_, i) => i % (4 * hiddenSize) >= 3 * hiddenSize) };
  expect(misses(compareAll(meta21, { pooled_frame: last }, ["pooled_frame"]))).toEqual([]);
  expect((await vjepa2(path.meta21, { heads })).imageSize).toEqual([384, 384]);
});

describe("options", () => {
  const load = (options: Parameters<typeof vjepa2>[1]) => vjepa2(path.meta, { heads: meta.file.config.heads, ...options });

  test("grids have their tokens in every time step", async () => {
    const encoder = await load({ imageSize: 128, pooling: "grid8" });
    expect(encoder).toMatchObject({ tokenRate: 8, tokensPerStep: 64, id: "meta/vjepa2-vit-96-128/grid8" });
    expect(encoder.graph({ frames: 64 }).outputs["tokens"]?.shape).toEqual([1, 32 * 64, 96]);
    const whole = await load({ pooling: "grid16", window: 16 });
    expect(whole).toMatchObject({ tokensPerStep: 256, imageSize: [256, 256], id: "meta/vjepa2-vit-96-256/16f/grid16" });
    expect(whole.graph({ frames: 16 }).outputs["tokens"]?.shape).toEqual([1, 8 * 256, 96]);
  });

  test.each([
    [{ imageSize: 8 }, /options\.imageSize is 8×8; at least one patch of 16/],
    [{ window: 3 }, /options\.window is 3; a multiple of 2 frames/],
    [{ imageSize: 384, pooling: "grid16" }, /options\.pooling is "grid16"; a side that divides 24×24 patches/],
    [{ pooling: "best" }, /options\.pooling is "best"; frame, grid8, grid16/],
    [{ features: "hierarchical" }, /options\.features is "hierarchical"; "last"/],
  ] as const)("%o is refused", async (options, message) => {
    await expect(load(options as Parameters<typeof vjepa2>[1])).rejects.toThrow(message);
    await expect(load(options as Parameters<typeof vjepa2>[1])).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("tensors of something else are refused", () => {
    const weights = memoryParameters({ "conv1.weight": { dtype: "float32", shape: [1], data: new Float32Array(1) } });
    expect(() => inferVjepa2Config(weights)).toThrow(
      /no weights of V-JEPA 2: neither .* is among the 1 tensors \(conv1\.weight\)/,
    );
  });
});

describe("conformance", () => {
  const source = async () => {
    const weights = await (await openPytorch(path.meta)).tensors({ at: "target_encoder", strip: ["module.", "backbone."] });
    const config = inferVjepa2Config(weights, { heads: meta.file.config.heads });
    return vjepa2Encoder({ config, weights, imageSize: [32, 48], window: 8 });
  };
  for (const check of testVideoEncoder(source, { frames: 8 })) test(check.name, () => check.run(runtime));
});
