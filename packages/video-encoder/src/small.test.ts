/** The small encoder: its contract, and its stem against a plain three-dimensional convolution. */
import { createRandom, memoryParameters, type ParameterSource } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import { evaluate, graph, input, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { convolutionStem, STEM_EMBEDDING } from "./convolution-stem.js";
import { smallVideoEncoder } from "./small.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const product = (shape: readonly number[]) => shape.reduce((total, n) => total * n, 1);

/** Random numbers for every parameter of the encoder, norms about one. */
function randomWeights(): ParameterSource {
  const source = smallVideoEncoder(memoryParameters({})).graph({ frames: 2 });
  return memoryParameters(
    Object.fromEntries(
      [...parametersOf(source)].map(([name, { shape }]) => {
        const random = createRandom(1, name);
        const vector = shape.length === 1;
        const gain = vector ? 0.1 : Math.sqrt((shape[0] as number) / product(shape));
        const data = Float32Array.from({ length: product(shape) }, () => gain * random.normal() + (vector ? 1 : 0));
        return [name, { dtype: "float32" as const, shape, data }];
      }),
    ),
  );
}

describe("conformance", () => {
  const encoder = smallVideoEncoder(randomWeights());
  for (const check of testVideoEncoder(() => encoder, { frames: 8 })) test(check.name, () => check.run(runtime));
});

test("the stem is a strided convolution, then residual convolutions of width 3 along time and over space", () => {
  const [batch, time, p, tubelet, width] = [2, 3, 2, 2, 4];
  const grid = { time, height: 1, width: 3 };
  const config = { width, merge: 2, mixing: ["time", "space"] } as const;
  const [rows, across] = [grid.height * 2, grid.width * 2];
  const pixels = input("pixels", [batch, time * tubelet, 3, rows * p, across * p]);
  const source = graph("stem", [pixels], { y: convolutionStem(pixels, grid, { patch: 2 * p, tubelet }, config) });
  const feeds: Record<string, number[]> = {};
  for (const value of [pixels, ...parametersOf(source).values()]) {
    const random = createRandom(2, value.name as string);
    feeds[value.name as string] = Array.from({ length: product(value.shape) }, () => random.normal());
  }
  const found = (evaluate(source, feeds)["y"] as { data: Float64Array }).data;
  const number = (name: string, i: number) => (feeds[name] as number[])[i] as number;

  // Directly: one loop per axis of the definition.
  const at = (b: number, t: number, y: number, x: number) => ((b * time + t) * rows + y) * across + x;
  let state = Array.from({ length: batch * time * rows * across }, () => new Float64Array(width));
  const places = function* () {
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < time; t++) for (let y = 0; y < rows; y++) for (let x = 0; x < across; x++) yield [b, t, y, x] as const;
  };
  for (const [b, t, y, x] of places())
    for (let out = 0; out < width; out++) {
      let sum = 0;
      for (let c = 0; c < 3; c++)
        for (let dt = 0; dt < tubelet; dt++)
          for (let dy = 0; dy < p; dy++)
            for (let dx = 0; dx < p; dx++)
              sum +=
                number(STEM_EMBEDDING, (((out * 3 + c) * tubelet + dt) * p + dy) * p + dx) *
                number(
                  "pixels",
                  (((b * time * tubelet + t * tubelet + dt) * 3 + c) * rows * p + y * p + dy) * across * p + x * p + dx,
                );
      (state[at(b, t, y, x)] as Float64Array)[out] = sum;
    }
  const offsets = {
    time: [-1, 0, 1].map((t) => [t, 0, 0] as const),
    // Columns vary fastest among the channels of the product.
    space: [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [0, y, x] as const)),
  };
  config.mixing.forEach((kind, i) => {
    const name = `encoder.stem.mix.${i}`;
    const normed = state.map((v) => {
      const mean = v.reduce((a, z) => a + z, 0) / width;
      const deviation = Math.sqrt(v.reduce((a, z) => a + (z - mean) ** 2, 0) / width + 1e-5);
      return v.map((z, c) => ((z - mean) / deviation) * number(`${name}.norm.weight`, c) + number(`${name}.norm.bias`, c));
    });
    const next = state.map((v) => v.slice());
    for (const [b, t, y, x] of places()) {
      const hidden = new Float64Array(width);
      for (let out = 0; out < width; out++) {
        let sum = number(`${name}.fc1.bias`, out);
        offsets[kind].forEach(([dt, dy, dx], k) => {
          const [tt, yy, xx] = [t + dt, y + dy, x + dx];
          if (tt < 0 || tt >= time || yy < 0 || yy >= rows || xx < 0 || xx >= across) return;
          for (let c = 0; c < width; c++)
            sum +=
              number(`${name}.fc1.weight`, (out * offsets[kind].length + k) * width + c) *
              ((normed[at(b, tt, yy, xx)] as Float64Array)[c] as number);
        });
        hidden[out] = gelu(sum);
      }
      for (let out = 0; out < width; out++) {
        let sum = number(`${name}.fc2.bias`, out);
        for (let c = 0; c < width; c++) sum += number(`${name}.fc2.weight`, out * width + c) * (hidden[c] as number);
        const cell = next[at(b, t, y, x)] as Float64Array;
        cell[out] = (cell[out] as number) + sum;
      }
    }
    state = next;
  });
  const expected = state.flatMap((v) => [...v]);
  expect(found).toHaveLength(expected.length);
  const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
  // Constants of a graph are float32.
  expect(worst).toBeLessThan(1e-5);
});

/** Exact GELU; the error function by its series, which converges for every argument that occurs here. */
function gelu(x: number): number {
  const z = x / Math.SQRT2;
  let term = z;
  let sum = z;
  for (let n = 1; n < 400; n++) {
    term *= -(z * z) / n;
    sum += term / (2 * n + 1);
  }
  return Math.abs(z) > 4 ? Math.max(0, x) : 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * sum);
}
