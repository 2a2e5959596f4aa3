/** The encoder against the Hugging Face implementation of V-JEPA 2; see ../fixtures/README.md. */
import { type GraphValue, memoryParameters, type PlainTensor } from "@foley-control/core";
import { graph, input, named, ops, parametersOf, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  differences,
  type FixtureTensor,
  type FormulaEntry,
  formulaTensor,
  formulaTensors,
  readJson,
  readTensors,
} from "../fixtures/fixture-files.js";
import { rotary3d } from "./rotary-3d.js";
import { framePool, tokenGrid, type VisionTransformerConfig, visionTransformer } from "./vision-transformer.js";

interface Case {
  readonly inputs: {
    readonly pixel_values_videos: FormulaEntry & { readonly firstValues: number[]; readonly lastValue: number };
  };
  readonly weights: Readonly<Record<string, FormulaEntry>>;
  readonly tolerance: { readonly maxAbs: number; readonly relL2: number };
  readonly sliceTokens: readonly number[];
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const tiny: VisionTransformerConfig = {
  hiddenSize: 96,
  layers: 3,
  heads: 3,
  mlpSize: 240,
  patchSize: 16,
  tubeletSize: 2,
  rotary: "tiled",
};
const golden = readJson<Case>("./vjepa2-hf-tiny.json");
const stored = readTensors("./vjepa2-hf-tiny.safetensors");
const weights = memoryParameters(formulaTensors(readJson<Case["weights"]>("./vjepa2-hf-tiny-weights.json")));
const pixelsOf = ({ inputs: { pixel_values_videos: entry } }: Case) => formulaTensor("input:pixel_values_videos", entry);

function expectWithin(name: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const { maxAbs, relL2 } = differences(found, expected);
  expect(maxAbs, `${name}: largest difference`).toBeLessThan(golden.tolerance.maxAbs);
  expect(relL2, `${name}: relative difference`).toBeLessThan(golden.tolerance.relL2);
}

/** Tokens, pooled tokens and every named value inside. */
function encoderGraph(config: VisionTransformerConfig, shape: readonly number[]) {
  const pixels = input("pixels", shape);
  const { patches, tokens } = visionTransformer(pixels, config);
  const [, frames, , height, width] = shape as readonly [number, number, number, number, number];
  const pooled = framePool(tokens, tokenGrid(config, frames, height, width));
  const outer = graph("encoder", [pixels], { tokens, pooled });
  const layers = [...valuesOf(outer)].filter((value) => value.name?.startsWith("layer."));
  const inside = Object.fromEntries(layers.map((value): [string, GraphValue] => [value.name as string, value]));
  return graph("encoder", [pixels], { patches, tokens, pooled, ...inside });
}

async function encode(config: VisionTransformerConfig, pixels: PlainTensor, source = weights) {
  const executable = await runtime.load(encoderGraph(config, pixels.shape), source);
  const outputs = await executable.run({ pixels });
  await executable.dispose();
  return (name: string) => (outputs[name] as PlainTensor<"float32">).data;
}

/** The first frames of a clip. */
function firstFrames(tensor: FixtureTensor, frames: number): FixtureTensor {
  const [batch, all, ...rest] = tensor.shape as readonly [number, number, ...number[]];
  return { dtype: "float32", shape: [batch, frames, ...rest], data: tensor.data.slice(0, (tensor.data.length / all) * frames) };
}

describe("a narrow network", () => {
  const pixels = pixelsOf(golden);

  test("the formula gives the pixels of the case", () => {
    expect(Array.from(pixels.data.subarray(0, 4))).toEqual(golden.inputs.pixel_values_videos.firstValues);
    expect(pixels.data.at(-1)).toBe(golden.inputs.pixel_values_videos.lastValue);
  });

  test("reads exactly the parameters of the release's encoder", () => {
    const read = [...parametersOf(encoderGraph(tiny, pixels.shape))].map(([name, { shape }]) => `${name} [${shape}]`);
    expect(read.sort()).toEqual(
      weights
        .names()
        .map((name) => `${name} [${weights.get(name)?.shape}]`)
        .sort(),
    );
  });

  test("patches, every block, tokens and pooled tokens", async () => {
    const found = await encode(tiny, pixels);
    expectWithin("patches", found("patches"), stored("patch_embeddings").data);
    for (const layer of [0, 1, 2]) expectWithin(`layer ${layer}`, found(`layer.${layer}`), stored(`layer.${layer}`).data);
    expectWithin("tokens", found("tokens"), stored("last_hidden_state").data);
    expectWithin("pooled", found("pooled"), stored("pooled_frame").data);
  });

  test("shorter clips; an odd last frame is dropped", async () => {
    for (const frames of [4, 15])
      expectWithin(
        `${frames} frames`,
        (await encode(tiny, firstFrames(pixels, frames)))("tokens"),
        stored(`last_hidden_state_T${frames}`).data,
      );
  });

  test("the other layout of the rotation misses by far", async () => {
    const found = (await encode({ ...tiny, rotary: "interleaved" }, pixels))("tokens");
    // The golden file lists 0.433 for this mistake.
    expect(differences(found, stored("last_hidden_state").data).relL2).toBeCloseTo(0.433, 2);
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

test("the width of ViT-L, two blocks, 2048 tokens", { timeout: 240_000 }, async () => {
  const large = readJson<Case>("./vjepa2-l-block.json");
  const kept = readTensors("./vjepa2-l-block.safetensors");
  const config: VisionTransformerConfig = { ...tiny, hiddenSize: 1024, layers: 2, heads: 16, mlpSize: 4096 };
  const found = await encode(config, pixelsOf(large), memoryParameters(formulaTensors(large.weights)));
  const rows = (data: Float32Array) =>
    Float32Array.from(large.sliceTokens.flatMap((row) => Array.from(data.subarray(row * 1024, (row + 1) * 1024))));
  expectWithin("layer 0", rows(found("layer.0")), kept("layer.0").data);
  expectWithin("tokens", rows(found("tokens")), kept("last_hidden_state").data);
  expectWithin("pooled", found("pooled"), kept("pooled_frame").data);
});

describe("rotary tables on grids with three different sides", () => {
  const grid = { time: 3, height: 2, width: 5 };
  test.each(["tiled", "interleaved"] as const)("%s follows its formula in time-major, row, column order", (layout) => {
    const { cos, sin, width } = rotary3d(grid, 20, layout);
    expect(width).toBe(18);
    for (let t = 0; t < 3; t++)
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 5; x++)
          [t, y, x].forEach((position, axis) => {
            for (let j = 0; j < 6; j++) {
              const frequency = 10000 ** -((layout === "tiled" ? j % 3 : Math.floor(j / 2)) / 3);
              const at = ((t * 2 + y) * 5 + x) * 18 + axis * 6 + j;
              expect(cos.data?.[at]).toBeCloseTo(Math.cos(position * frequency), 6);
              expect(sin.data?.[at]).toBeCloseTo(Math.sin(position * frequency), 6);
            }
          });
  });

  test("the two layouts differ", () => {
    const [a, b] = (["tiled", "interleaved"] as const).map((layout) => rotary3d(grid, 20, layout).cos.data as Float32Array);
    expect(differences(a as Float32Array, b as Float32Array).maxAbs).toBeGreaterThan(0.5);
  });
});

test("frame pooling is the mean over the grid of each step", async () => {
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

test("a clip that is too small is refused with its size", () => {
  expect(() => tokenGrid(tiny, 1, 64, 64)).toThrow(/1 frames of 64×64/);
  expect(() => tokenGrid(tiny, 2, 64, 15)).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  expect(tokenGrid(tiny, 5, 40, 97)).toEqual({ time: 2, height: 2, width: 6 });
});
