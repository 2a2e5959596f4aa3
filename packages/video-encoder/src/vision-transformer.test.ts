/** The encoder against the Hugging Face implementation of V-JEPA 2; see ../fixtures/README.md. */
import { type Graph, type GraphNode, type GraphValue, memoryParameters, type PlainTensor } from "@foley-control/core";
import { graph, input, named, nodesOf, ops, parametersOf, toOnnx, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  configOf,
  differences,
  firstFrames,
  formulaTensors,
  type GoldenCase,
  inputOf,
  readJson,
  readTensors,
} from "../fixtures/fixture-files.js";
import { framePool, gridPool } from "./pooling.js";
import { rotary3d } from "./rotary-3d.js";
import { tokenGrid, type VisionTransformerConfig, visionTransformer, visionTransformerGraph } from "./vision-transformer.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const golden = readJson<GoldenCase>("./vjepa2-hf-tiny.json");
const tiny = configOf(golden);
const stored = readTensors("./vjepa2-hf-tiny.safetensors");
const weights = memoryParameters(formulaTensors(readJson<GoldenCase["weights"]>("./vjepa2-hf-tiny-weights.json")));

function expectWithin(name: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const { maxAbs, relL2 } = differences(found, expected);
  expect(maxAbs, `${name}: largest difference`).toBeLessThan(golden.tolerance.maxAbs);
  expect(relL2, `${name}: relative difference`).toBeLessThan(golden.tolerance.relL2);
}

/** Values inside block `layer`, by the parameters that make them. */
function insideBlock(source: Graph, layer: number): Record<string, GraphValue> {
  const nodes = nodesOf(source);
  const reading = (parameter: string) => {
    const name = `encoder.layer.${layer}.${parameter}`;
    return nodes.find(({ inputs }) => inputs.some((value) => value.name === name))?.outputs[0] as GraphValue;
  };
  const mixing = nodes.filter(({ op }) => op === "MultiHeadAttention")[layer] as GraphNode;
  const [q, k] = mixing.inputs as readonly [GraphValue, GraphValue];
  return {
    [`norm1.${layer}`]: reading("norm1.weight"),
    [`q.${layer}`]: q,
    [`k.${layer}`]: k,
    [`context.${layer}`]: mixing.outputs[0] as GraphValue,
    [`attn.${layer}`]: reading("attention.proj.bias"),
    [`mlp.${layer}`]: reading("mlp.fc2.bias"),
  };
}

/** Tokens, pooled tokens and every named value inside. */
function encoderGraph(config: VisionTransformerConfig, shape: readonly number[]): Graph {
  const pixels = input("pixels", shape);
  const { patches, tokens } = visionTransformer(pixels, config);
  const [, frames, , height, width] = shape as readonly [number, number, number, number, number];
  const grid = tokenGrid(config, frames, height, width);
  const pooled = framePool(tokens, grid);
  const outer = graph("encoder", [pixels], { tokens, pooled });
  const layers = [...valuesOf(outer)].filter((value) => value.name?.startsWith("layer."));
  const inside = Object.fromEntries(layers.map((value): [string, GraphValue] => [value.name as string, value]));
  const blocks = Array.from({ length: config.layers }, (_, layer) => insideBlock(outer, layer));
  const cells = gridPool(tokens, grid, grid.height / 2);
  return graph("encoder", [pixels], { patches, tokens, pooled, cells, ...inside, ...Object.assign({}, ...blocks) });
}

async function encode(config: VisionTransformerConfig, pixels: PlainTensor, source = weights) {
  const executable = await runtime.load(encoderGraph(config, pixels.shape), source);
  const outputs = await executable.run({ pixels });
  await executable.dispose();
  return (name: string) => (outputs[name] as PlainTensor<"float32">).data;
}

/** Rows of packed heads [rows, heads·headWidth] → [heads, rows, headWidth]. */
function perHead(data: Float32Array, heads: number, width: number): Float32Array {
  const rows = data.length / width;
  const headWidth = width / heads;
  return Float32Array.from(data, (_, i) => {
    const row = Math.floor(i / headWidth) % rows;
    return data[row * width + Math.floor(i / (rows * headWidth)) * headWidth + (i % headWidth)] as number;
  });
}

describe("a narrow network", () => {
  const pixels = inputOf(golden);

  test("reads exactly the parameters of the release's encoder", () => {
    const read = [...parametersOf(encoderGraph(tiny, pixels.shape))].map(([name, { shape }]) => `${name} [${shape}]`);
    expect(read.sort()).toEqual(
      weights
        .names()
        .map((name) => `${name} [${weights.get(name)?.shape}]`)
        .sort(),
    );
  });

  test("patches, every block, what is inside the first one, tokens and pooled tokens", async () => {
    const found = await encode(tiny, pixels);
    expectWithin("patches", found("patches"), stored("patch_embeddings").data);
    for (const layer of [0, 1, 2]) expectWithin(`layer ${layer}`, found(`layer.${layer}`), stored(`layer.${layer}`).data);
    for (const turned of ["q", "k"])
      expectWithin(
        turned,
        perHead(found(`${turned}.0`), tiny.heads, tiny.hiddenSize),
        stored(`debug.layer0.${turned}_rope`).data,
      );
    for (const [ours, theirs] of Object.entries({ norm1: "norm1", context: "context", attn: "attn_out", mlp: "mlp_out" }))
      expectWithin(ours, found(`${ours}.0`), stored(`debug.layer0.${theirs}`).data);
    expectWithin("tokens", found("tokens"), stored("last_hidden_state").data);
    expectWithin("pooled", found("pooled"), stored("pooled_frame").data);
    expectWithin("cells of 2×2", found("cells"), stored("pooled_grid2").data);
  });

  test("shorter clips; one frame is repeated, an odd last frame is dropped", async () => {
    for (const frames of [1, 4, 15])
      expectWithin(
        `${frames} frames`,
        (await encode(tiny, firstFrames(pixels, frames)))("tokens"),
        stored(`last_hidden_state_T${frames}`).data,
      );
  });

  test("the other layout of the rotation misses by far", async () => {
    const found = (await encode({ ...tiny, rotary: "interleaved" }, pixels))("tokens");
    const listed = golden.negativeControls.relL2["rotary table of the other model generation"] as number;
    expect(differences(found, stored("last_hidden_state").data).relL2).toBeCloseTo(listed, 2);
  });

  test("rotary tables", () => {
    const part = 30;
    const { cos, sin } = rotary3d({ time: 8, height: 4, width: 4 }, 32, "tiled");
    const first = (name: string) => {
      const { data } = stored(name);
      return Float32Array.from({ length: 128 * part }, (_, i) => data[Math.floor(i / part) * 32 + (i % part)] as number);
    };
    expect(differences(cos.data as Float32Array, first("debug.rope_cos")).maxAbs).toBeLessThan(1e-6);
    expect(differences(sin.data as Float32Array, first("debug.rope_sin")).maxAbs).toBeLessThan(1e-6);
  });
});

test.each(["vjepa2-l-block", "vjepa2-g-block"])("%s: a released width, 2048 tokens", { timeout: 900_000 }, async (name) => {
  const wide = readJson<GoldenCase>(`./${name}.json`);
  const kept = readTensors(`./${name}.safetensors`);
  const config = configOf(wide);
  const { hiddenSize, heads, layers } = config;
  const found = await encode(config, inputOf(wide), memoryParameters(formulaTensors(wide.weights)));
  const rows = (data: Float32Array) =>
    Float32Array.from(wide.sliceTokens.flatMap((row) => Array.from(data.subarray(row * hiddenSize, (row + 1) * hiddenSize))));
  const check = (output: string, data: Float32Array) => {
    expectWithin(output, rows(data), kept(output).data);
    const l2 = wide.outputs[output]?.fullStats?.l2 as number;
    expect(Math.abs(Math.hypot(...rowNorms(data, hiddenSize)) / l2 - 1), `${output}: norm of all tokens`).toBeLessThan(2e-5);
  };
  check("patch_embeddings", found("patches"));
  for (let layer = 0; layer < layers; layer++) {
    check(`attn.${layer}`, found(`attn.${layer}`));
    check(`layer.${layer}`, found(`layer.${layer}`));
  }
  check("last_hidden_state", found("tokens"));
  expectWithin("pooled", found("pooled"), kept("pooled_frame").data);
  const some = found("cells").filter((_, i) => (i % hiddenSize) % 128 === 0);
  expectWithin("cells of 2×2, some channels", some, kept("pooled_grid2_channels").data);
  const headWidth = hiddenSize / heads;
  const second = rows(found("q.0")).filter((_, i) => Math.floor((i % hiddenSize) / headWidth) === 1);
  expectWithin("queries of the second head", second, kept("debug.q_rope_head1").data);
});

function rowNorms(data: Float32Array, width: number): number[] {
  return Array.from({ length: data.length / width }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += (data[i] as number) ** 2;
    return Math.sqrt(sum);
  });
}

test("a layer of ViT-L over 64 frames holds no scores of all tokens by all tokens", () => {
  const config = { ...configOf(readJson<GoldenCase>("./vjepa2-l-block.json")), layers: 1 };
  const source = visionTransformerGraph(config, { frames: 64, height: 256, width: 256 });
  const tokens = 8192;
  for (const { shape } of valuesOf(source)) expect(shape.filter((size) => size >= tokens).length).toBeLessThan(2);
  const external = (_: string, { shape }: GraphValue) => ({
    location: "weights",
    offset: 0,
    length: 4 * shape.reduce((product, size) => product * size, 1),
  });
  const text = Buffer.from(toOnnx(source, { external })).toString("latin1");
  expect(text).toContain("com.microsoft");
  expect(text.match(/MultiHeadAttention/g)?.length).toBeGreaterThan(0);
  expect(text).not.toContain("Softmax");
});

describe("rotary tables on grids with three different sides", () => {
  const grid = { time: 3, height: 2, width: 5 };
  test.each([
    ["tiled", undefined],
    ["interleaved", undefined],
    ["interleaved", 16],
  ] as const)("%s, reference grid %s, follows its formula in time-major, row, column order", (layout, reference) => {
    const { cos, sin, width } = rotary3d(grid, 20, layout, reference);
    expect(width).toBe(18);
    const [down, across] = reference === undefined ? [1, 1] : [15 / 1, 15 / 4];
    for (let t = 0; t < 3; t++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 5; x++)
          [t, y * down, x * across].forEach((position, axis) => {
            for (let j = 0; j < 6; j++) {
              const frequency = 10000 ** -((layout === "tiled" ? j % 3 : Math.floor(j / 2)) / 3);
              const at = ((t * 2 + y) * 5 + x) * 18 + axis * 6 + j;
              expect(cos.data?.[at]).toBeCloseTo(Math.cos(position * frequency), 6);
              expect(sin.data?.[at]).toBeCloseTo(Math.sin(position * frequency), 6);
            }
          });
  });

  test("a single row or column is at 0 on any reference grid", () => {
    const { cos, sin } = rotary3d({ time: 1, height: 1, width: 1 }, 20, "interleaved", 16);
    expect([...(cos.data as Float32Array), ...(sin.data as Float32Array)]).toEqual([
      ...new Array<number>(18).fill(1),
      ...new Array<number>(18).fill(0),
    ]);
  });

  test("the two layouts differ", () => {
    const [a, b] = (["tiled", "interleaved"] as const).map((layout) => rotary3d(grid, 20, layout).cos.data as Float32Array);
    expect(differences(a as Float32Array, b as Float32Array).maxAbs).toBeGreaterThan(0.5);
  });
});

describe("pooling", () => {
  test("of frames is the mean over the grid of each step", async () => {
    const grid = { time: 2, height: 3, width: 2 };
    const tokens = input("tokens", [2, 12, 3]);
    const source = graph("pool", [tokens], { pooled: framePool(tokens, grid), same: named(ops.multiply(tokens, 1), "same") });
    const data = Float32Array.from({ length: 72 }, (_, i) => ((i * 37) % 11) - 5);
    const executable = await runtime.load(source);
    const { pooled } = await executable.run({ tokens: { dtype: "float32", shape: [2, 12, 3], data } });
    await executable.dispose();
    expect(pooled?.shape).toEqual([2, 2, 3]);
    for (let step = 0; step < 4; step++)
      for (let channel = 0; channel < 3; channel++) {
        let total = 0;
        for (let place = 0; place < 6; place++) total += data[(step * 6 + place) * 3 + channel] as number;
        expect(pooled?.data[step * 3 + channel]).toBeCloseTo(total / 6, 5);
      }
  });

  test("by a grid of as many cells as patches keeps the tokens, and one that does not divide them is refused", () => {
    const tokens = input("tokens", [1, 32, 3]);
    const grid = { time: 2, height: 4, width: 4 };
    expect(gridPool(tokens, grid, 4)).toBe(tokens);
    expect(gridPool(tokens, grid, 2).shape).toEqual([1, 8, 3]);
    expect(() => gridPool(tokens, grid, 3)).toThrow(/4×4 patches do not divide into 3×3 cells/);
  });
});

test("a clip that is too small is refused with its size", () => {
  expect(() => tokenGrid(tiny, 0, 64, 64)).toThrow(/0 frames of 64×64/);
  expect(() => tokenGrid(tiny, 2, 64, 15)).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  expect(tokenGrid(tiny, 5, 40, 97)).toEqual({ time: 2, height: 2, width: 6 });
  expect(tokenGrid(tiny, 1, 64, 64)).toEqual({ time: 1, height: 4, width: 4 });
});
