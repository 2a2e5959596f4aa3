/** The encoder; what it computes is checked by the golden cases. */
import { type GraphValue, memoryParameters } from "@foley-control/core";
import { asTensor, compare, formulaWeights, type GoldenCase, type GoldenTensor } from "@foley-control/golden";
import { goldenCase, goldenModel } from "@foley-control/golden/node";
import { graph, input, named, ops, parametersOf, toOnnx, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { framePool, gridPool } from "./pooling.js";
import { rotary3d } from "./rotary-3d.js";
import { tokenGrid, type VisionTransformerConfig, visionTransformer, visionTransformerGraph } from "./vision-transformer.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** The network of a case of V-JEPA 2.0; patches are those of every release. */
const configOf = ({ file: { config } }: GoldenCase): VisionTransformerConfig => ({
  hiddenSize: config.hiddenSize,
  layers: config.layers,
  heads: config.heads,
  mlpSize: config.mlpHidden,
  patchSize: 16,
  tubeletSize: 2,
  rotary: "tiled",
});

const golden = goldenCase("vjepa2/vjepa2-hf-tiny");
const tiny = configOf(golden);

describe("a narrow network", () => {
  const table = Object.entries(goldenModel("vjepa2/vjepa2-hf-tiny").weights).filter(([name]) => name.startsWith("encoder."));
  const pixels = asTensor(golden.input("pixel_values_videos"));
  const [, frames, , height, width] = pixels.shape as readonly [number, number, number, number, number];

  test("reads exactly the parameters of the release's encoder", () => {
    const read = [...parametersOf(visionTransformerGraph(tiny, { frames, height, width }))];
    const listed = (entries: typeof read | typeof table) => entries.map(([name, { shape }]) => `${name} [${shape}]`).sort();
    expect(listed(read)).toEqual(listed(table));
  });

  test("the other layout of the rotation misses by far", async () => {
    const clip = input("pixels", pixels.shape);
    const source = graph("encoder", [clip], { tokens: visionTransformer(clip, { ...tiny, rotary: "interleaved" }).tokens });
    const weights = memoryParameters(formulaWeights({ caseSeed: 1, weights: Object.fromEntries(table) }));
    const executable = await runtime.load(source, weights);
    const { tokens } = await executable.run({ pixels });
    await executable.dispose();
    const listed = golden.file["negativeControls"].relL2["rotary table of the other model generation"] as number;
    const { relL2 } = compare("tokens", tokens as GoldenTensor, golden.stored("last_hidden_state"), { relL2: 1 });
    expect(relL2).toBeCloseTo(listed, 2);
  });
});

test("a layer of ViT-L over 64 frames holds no scores of all tokens by all tokens", () => {
  const config = { ...configOf(goldenCase("vjepa2/vjepa2-l-block")), layers: 1 };
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
    const apart = a?.map((value, i) => Math.abs(value - (b?.[i] as number))) ?? [];
    expect(Math.max(...apart)).toBeGreaterThan(0.5);
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

  test("by cells of a picture that is not square is the mean of each cell: 12×20 patches in 2×2", async () => {
    const grid = { time: 2, height: 12, width: 20 };
    const tokens = input("tokens", [1, 480, 2]);
    const data = Float32Array.from({ length: 960 }, (_, i) => ((i * 37) % 101) - 50);
    const executable = await runtime.load(graph("cells", [tokens], { cells: gridPool(tokens, grid, 2) }));
    const { cells } = await executable.run({ tokens: { dtype: "float32", shape: [1, 480, 2], data } });
    await executable.dispose();
    const sums = new Float64Array(16);
    for (let i = 0; i < 960; i++) {
      const [place, channel] = [Math.floor(i / 2), i % 2];
      const [time, row, column] = [Math.floor(place / 240), Math.floor((place % 240) / 20), place % 20];
      const cell = 4 * time + 2 * Math.floor(row / 6) + Math.floor(column / 10);
      sums[2 * cell + channel] = (sums[2 * cell + channel] as number) + (data[i] as number) / 60;
    }
    expect(cells?.shape).toEqual([1, 8, 2]);
    for (const [i, sum] of sums.entries()) expect(cells?.data[i]).toBeCloseTo(sum, 4);
  });

  test("by a grid of as many cells as patches keeps the tokens, and one that does not divide them is refused", () => {
    const tokens = input("tokens", [1, 32, 3]);
    const grid = { time: 2, height: 4, width: 4 };
    expect(gridPool(tokens, grid, 4)).toBe(tokens);
    expect(gridPool(tokens, grid, 2).shape).toEqual([1, 8, 3]);
    const wide = input("wide", [1, 240, 3]);
    expect(gridPool(wide, { time: 1, height: 12, width: 20 }, 6, 10).shape).toEqual([1, 60, 3]);
    expect(() => gridPool(wide, { time: 1, height: 12, width: 20 }, 6)).toThrow(/12×20 patches do not divide into 6×6 cells/);
    expect(() => gridPool(tokens, grid, 3)).toThrow(/4×4 patches do not divide into 3×3 cells/);
  });
});

test("a clip that is too small is refused with its size", () => {
  expect(() => tokenGrid(tiny, 0, 64, 64)).toThrow(/0 frames of 64×64/);
  expect(() => tokenGrid(tiny, 2, 64, 15)).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  expect(tokenGrid(tiny, 5, 40, 97)).toEqual({ time: 2, height: 2, width: 6 });
  expect(tokenGrid(tiny, 1, 64, 64)).toEqual({ time: 1, height: 4, width: 4 });
});
