/** Released files, read in place, against the code of Meta and of Hugging Face; see ../../fixtures/README.md. */

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters, type ParameterSource, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import { goldenPath } from "@foley-control/golden/node";
import { graph, input, nodesOf, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { openPytorch, writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  differences,
  type FixtureTensor,
  firstFrames,
  formulaTensors,
  type GoldenCase,
  inputOf,
  pathOf,
  readJson,
  readTensors,
} from "../../fixtures/fixture-files.js";
import { vjepa2 } from "../node.js";
import { gridPool } from "../pooling.js";
import { rotary3d } from "../rotary-3d.js";
import { tokenGrid, type VisionTransformerConfig, visionTransformer } from "../vision-transformer.js";
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

const hf = readJson<GoldenCase>("./vjepa2-hf-tiny.json");
const meta = readJson<GoldenCase>("./vjepa2-meta-tiny.json");
const meta21 = readJson<GoldenCase>("./vjepa21-meta-tiny.json");
const stored = { hf: readTensors("./vjepa2-hf-tiny.safetensors"), meta: readTensors("./vjepa2-meta-tiny.safetensors") };
const stored21 = readTensors("./vjepa21-meta-tiny.safetensors");
const path = { meta: goldenPath("vjepa2/vjepa2-meta-tiny.pt"), meta21: goldenPath("vjepa2/vjepa21-meta-tiny.pt") };

function expectWithin(name: string, found: ArrayLike<number>, expected: FixtureTensor): void {
  const { maxAbs, relL2 } = differences(found, expected.data);
  expect(maxAbs, `${name}: largest difference`).toBeLessThan(hf.tolerance.maxAbs);
  expect(relL2, `${name}: relative difference`).toBeLessThan(hf.tolerance.relL2);
}

/** What an encoder makes of a clip. */
async function encode(encoder: VideoEncoder, pixels: PlainTensor): Promise<Float32Array> {
  const executable = await runtime.load(encoder.graph({ frames: pixels.shape[1] as number }), encoder.weights);
  const { tokens } = await executable.run({ pixels });
  await executable.dispose();
  return tokens?.data as Float32Array;
}

/** Every token and every value inside, for a clip of any size. */
async function inside(config: VisionTransformerConfig, weights: ParameterSource, clip: PlainTensor) {
  const pixels = input("pixels", clip.shape);
  const { tokens, hierarchical } = visionTransformer(pixels, config);
  const [, frames, , height, width] = clip.shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const outer = graph("encoder", [pixels], { tokens, hierarchical });
  const labelled = [...valuesOf(outer)].filter((value) => value.kind === "node" && value.name !== undefined);
  const [q, k] = nodesOf(outer).find(({ op }) => op === "MultiHeadAttention")?.inputs ?? [];
  const outputs = {
    tokens,
    hierarchical,
    ...Object.fromEntries(labelled.map((value) => [value.name as string, value])),
    ...(q && k && { q, k }),
    ...(grid.height % 2 === 0 && grid.width === grid.height && { cells: gridPool(tokens, grid, grid.height / 2) }),
  };
  const executable = await runtime.load(graph("encoder", [pixels], outputs), weights);
  const found = await executable.run({ pixels: clip });
  await executable.dispose();
  return (name: string) => found[name]?.data as Float32Array;
}

/** The folder of a release: the formula's tensors, and some of a predictor. */
async function writeRelease(name: string, parts: 1 | 2, changes: Readonly<Record<string, PlainTensor | undefined>> = {}) {
  const release = await mkdtemp(join(folder, name));
  const made: Record<string, PlainTensor | undefined> = {
    ...formulaTensors(readJson<GoldenCase["weights"]>("./vjepa2-hf-tiny-weights.json")),
    "predictor.layernorm.weight": { dtype: "float32", shape: [32], data: new Float32Array(32) },
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
    await copyFile(pathOf(`./vjepa2-hf-tiny/${file}`), join(release, file));
  return release;
}

describe("a folder of Hugging Face", () => {
  const pixels = inputOf(hf);

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
    expectWithin("pooled", await encode(encoder, pixels), stored.hf("pooled_frame"));
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
    const config = readJson<Record<string, unknown>>("./vjepa2-hf-tiny/config.json");
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
    await expect(vjepa2(join(release, "nothing"))).rejects.toThrow(/cannot be opened \(ENOENT\)/);
  });
});

describe("a checkpoint of Meta", () => {
  const [square, wide] = [inputOf(meta), inputOf(meta, "pixel_values_nonsquare")];
  const { heads, hiddenSize } = meta.config;

  test.each(["target_encoder", "encoder"] as const)("%s: tokens, pooled tokens", async (network) => {
    const encoder = await vjepa2(path.meta, { network, heads, imageSize: 64 });
    expect(encoder.weights.get("blocks.0.attn.qkv.weight")).toMatchObject({
      shape: [3 * hiddenSize, hiddenSize],
      bytes: { kind: "file", path: path.meta },
    });
    expectWithin("pooled", await encode(encoder, square), stored.meta(`${network}.pooled_frame`));
    const config = inferVjepa2Config(encoder.weights, { heads });
    expectWithin("tokens", (await inside(config, encoder.weights, square))("tokens"), stored.meta(`${network}.tokens`));
  });

  test("takes the running mean of the weights unless told otherwise", async () => {
    const encoder = await vjepa2(path.meta, { heads, imageSize: 64 });
    expect(encoder.id).toBe("meta/vjepa2-vit-96-64");
    expect((await vjepa2(path.meta, { network: "encoder", heads, imageSize: 64 })).id).toBe("meta/vjepa2-vit-96-64/encoder");
    const config = inferVjepa2Config(encoder.weights, { heads });
    const found = async (clip: PlainTensor) => (await inside(config, encoder.weights, clip))("tokens");
    expectWithin("not square", await found(wide), stored.meta("target_encoder.tokens_nonsquare"));
    expectWithin("odd", await found(firstFrames(square, 15)), stored.meta("target_encoder.tokens_T15"));
  });

  test("asks for what no tensor tells, and names the networks that are there", async () => {
    await expect(vjepa2(path.meta)).rejects.toThrow(/width 96 is none of the released sizes.*Give the option heads/);
    await expect(vjepa2(path.meta, { heads: 7 })).rejects.toThrow(/options\.heads is 7; a divisor of the width 96/);
    await expect(vjepa2(path.meta, { network: "ema_encoder", heads })).rejects.toThrow(
      /no ema_encoder;.*"encoder".*"target_encoder"/,
    );
  });
});

describe("V-JEPA 2.1", () => {
  const [square, wide] = [inputOf(meta21), inputOf(meta21, "pixel_values_nonsquare")];
  const { heads, hiddenSize } = meta21.config;
  const open = async () => {
    const { weights } = await vjepa2(path.meta21, { heads });
    const config = inferVjepa2Config(weights, { heads });
    return (clip: PlainTensor) => inside(config, weights, clip);
  };

  test("embeddings, blocks, tokens and features of four depths", async () => {
    const found = await (await open())(square);
    expectWithin("embeddings", found("embeddings"), stored21("embedded"));
    for (const layer of [0, 1, 2, 5, 8, 11]) expectWithin(`layer ${layer}`, found(`layer.${layer}`), stored21(`layer.${layer}`));
    expectWithin("tokens", found("tokens"), stored21("tokens"));
    expectWithin("cells of 2×2", found("cells"), stored21("pooled_grid2"));
    expectWithin("hierarchical", found("hierarchical"), stored21("hierarchical"));
    const headWidth = hiddenSize / heads;
    const rows = square.shape[1] as number;
    for (const turned of ["q", "k"]) {
      const packed = found(turned);
      const split = Float32Array.from(packed, (_, i) => {
        const tokens = packed.length / hiddenSize;
        const row = Math.floor(i / headWidth) % tokens;
        return packed[row * hiddenSize + Math.floor(i / (tokens * headWidth)) * headWidth + (i % headWidth)] as number;
      });
      expectWithin(turned, split, stored21(`debug.layer0.${turned}_rope`));
    }
    expect(rows).toBe(meta21.config.frames);
  });

  test("pictures that are not square, single frames, a clip of two frames", async () => {
    const run = await open();
    expectWithin("not square", (await run(wide))("tokens"), stored21("tokens_nonsquare"));
    const image = await run(firstFrames(square, 1));
    expectWithin("single frame", image("tokens"), stored21("image_tokens"));
    expectWithin("single frame, features", image("hierarchical"), stored21("image_hierarchical"));
    expectWithin("two frames", (await run(firstFrames(square, 2)))("tokens"), stored21("tokens_T2"));
  });

  test("rotary tables", () => {
    const { time, height, width } = { time: 8, height: 4, width: 4 };
    const { cos, sin, width: turned } = rotary3d({ time, height, width }, 32, "interleaved", 16);
    for (const [name, table] of Object.entries({ cos, sin })) {
      const expected = stored21(`debug.rope_${name}`).data.filter((_, i) => i % 32 < turned);
      expect(differences(table.data as Float32Array, expected).maxAbs).toBeLessThan(1e-6);
    }
  });

  test("as an encoder: pooled, or four times as wide", async () => {
    const encoder = await vjepa2(path.meta21, { heads, imageSize: 64 });
    expect(encoder).toMatchObject({ id: "meta/vjepa2.1-vit-64-64", tokenWidth: 64, tokenRate: 8 });
    expectWithin("pooled", await encode(encoder, square), stored21("pooled_frame"));
    const deep = await vjepa2(path.meta21, { heads, imageSize: 64, features: "hierarchical" });
    expect(deep.tokenWidth).toBe(4 * hiddenSize);
    const tokens = await encode(deep, square);
    const last = tokens.filter((_, i) => i % (4 * hiddenSize) >= 3 * hiddenSize);
    expectWithin("last quarter", last, stored21("pooled_frame"));
    expect((await vjepa2(path.meta21, { heads })).imageSize).toEqual([384, 384]);
  });
});

describe("options", () => {
  const load = (options: Parameters<typeof vjepa2>[1]) => vjepa2(path.meta, { heads: meta.config.heads, ...options });

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
    const config = inferVjepa2Config(weights, { heads: meta.config.heads });
    return vjepa2Encoder({ config, weights, imageSize: [32, 48], window: 8 });
  };
  for (const check of testVideoEncoder(source, { frames: 8 })) test(check.name, () => check.run(runtime));
});
