/** The motion encoder: its contract, what it is blind to, and that windows join without a seam. */
import { memoryParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { testVideoEncoder } from "@foley-control/core/testing";
import { evaluate, float, graph, input, ops, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { encodeSegments, segmentPixels } from "../encode.js";
import { MOTION_ENCODER, type MotionEncoderConfig, motionEncoder } from "./encoder.js";
import { contrastChanges, localContrast } from "./local-contrast.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const tiny: MotionEncoderConfig = {
  imageSize: 16,
  surroundings: 2,
  patchSize: 2,
  widths: [4, 8],
  mixing: [[["space", 1]], [["time", 1]]],
  pooledWidth: 8,
  tubeletSize: 2,
  frameRate: 16,
  window: 48,
  context: 14,
  contacts: { threshold: 0, spacing: 0.1, lag: 0 },
};
const encoder = (() => {
  const bare = motionEncoder(memoryParameters({}), tiny);
  const weights = [...parametersOf(bare.graph({ frames: 4 }))].map(([name, { shape }]): [string, PlainTensor] => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = name.endsWith("norm.weight") ? new Float32Array(size).fill(1) : normalArray(1, [name], size).map((x) => 0.4 * x);
    return [name, { dtype: "float32", shape, data }];
  });
  return motionEncoder(memoryParameters(new Map(weights)), tiny);
})();

describe("contract", () => {
  for (const { name, run } of testVideoEncoder(() => encoder)) test(name, () => run(runtime));
  test("the one that ships is small", () => {
    const parameters = [...parametersOf(motionEncoder(memoryParameters({})).graph({ frames: MOTION_ENCODER.window }))];
    expect(parameters.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBeLessThan(250_000);
  });
});

/** Local contrast written once more, pixel by pixel. */
function contrastOf(luma: Float64Array, size: number, sigma: number): Float64Array {
  const mean = (values: Float64Array): Float64Array =>
    values.map((_, at) => {
      let [sum, total] = [0, 0];
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const weight = Math.exp(-((y - Math.floor(at / size)) ** 2 + (x - (at % size)) ** 2) / (2 * sigma ** 2));
          sum += weight * (values[y * size + x] as number);
          total += weight;
        }
      return sum / total;
    });
  const around = mean(luma);
  const apart = luma.map((value, i) => value - (around[i] as number));
  const variance = mean(apart.map((value) => value ** 2));
  return apart.map((value, i) => value / (Math.sqrt((variance[i] as number) + 1e-8) + 0.04));
}

describe("local contrast", () => {
  const luma = Float64Array.from(normalArray(3, ["luma"], 49), (x) => 0.5 + 0.2 * x);
  test("is brightness against its surroundings in units of the contrast there", () => {
    const shown = input("luma", [1, 1, 7, 7]);
    const source = graph("test", [shown], { contrast: localContrast(shown, 1.5) });
    const { contrast } = evaluate(source, { luma });
    const expected = contrastOf(luma, 7, 1.5);
    for (const [i, value] of expected.entries()) expect(contrast?.data[i]).toBeCloseTo(value, 5);
  });
  test("changes are over one frame and over two, and the first frame follows itself", () => {
    const shown = contrastChanges(float([1, 2, 4, 9, -9], [1, 5, 1, 1]));
    const { changes } = evaluate(graph("test", [], { changes: ops.reshape(shown, [5, 2]) }), {});
    expect([...(changes?.data ?? [])]).toEqual([0, 0, 1, 1, 2, 3, 3, 3, -3, -3]);
  });
});

const run = async (pictures: readonly Uint8Array[], of = encoder) => {
  const executable = await runtime.load(of.graph({ frames: of.window }), of.weights);
  const shown = pictures.map((rgb) => ({ rgb }));
  return encodeSegments(executable, of, segmentPixels(of, shown, of.imageSize)).finally(() => executable.dispose());
};
const clip = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) =>
    Uint8Array.from(normalArray(5, ["picture"], 768 * count).subarray(i * 768, (i + 1) * 768), (x) => 128 + 40 * x),
  );

test("a clip of several windows is encoded as one that fits into one", async () => {
  const pictures = clip(108);
  const apart = await run(pictures);
  const whole = await run(pictures, { ...encoder, window: 108, context: 0 });
  expect(apart.tokens.shape).toEqual([1, 54, encoder.tokenWidth]);
  expect(apart.contacts?.strengths.length).toBe(108);
  for (const [i, value] of whole.tokens.data.entries()) expect(apart.tokens.data[i]).toBeCloseTo(value, 4);
  for (const [i, value] of (whole.contacts?.cells ?? []).entries()) expect(apart.contacts?.cells[i]).toBeCloseTo(value, 4);
});

test("it sees neither colour nor what stands still", async () => {
  const [first] = clip(1) as [Uint8Array];
  const grey = first.map((_, i) => first[i - (i % 3)] as number);
  const still = await run(new Array<Uint8Array>(8).fill(grey));
  const black = await run(new Array<Uint8Array>(8).fill(new Uint8Array(768)));
  expect(still.tokens.data).toEqual(black.tokens.data);
});

test("two views: what is found in a clip and in its mirrored negative is the same, in the cells of the other side", async () => {
  const of = motionEncoder(encoder.weights, { ...tiny, mirroredNegative: true });
  const pictures = clip(12);
  const turned = pictures.map((rgb) =>
    rgb.map((_, i) => 255 - (rgb[i - (i % 48) + 3 * (15 - Math.floor((i % 48) / 3)) + (i % 3)] as number)),
  );
  const [one, other, alone] = [await run(pictures, of), await run(turned, of), await run(pictures)];
  const [rows, columns] = (of.contacts as NonNullable<typeof of.contacts>).cells;
  const cells = one.contacts?.cells as Float32Array;
  expect(cells.length).toBe(12 * rows * columns);
  for (const [i, value] of cells.entries())
    expect(other.contacts?.cells[i - (i % columns) + columns - 1 - (i % columns)]).toBeCloseTo(value, 4);
  for (const [i, value] of one.tokens.data.entries()) expect(other.tokens.data[i]).toBeCloseTo(value, 4);
  const second = (await run(turned)).contacts?.strengths;
  for (const [i, value] of (alone.contacts?.strengths ?? []).entries())
    expect(one.contacts?.strengths[i]).toBeCloseTo((value + (second?.[i] as number)) / 2, 5);
});
