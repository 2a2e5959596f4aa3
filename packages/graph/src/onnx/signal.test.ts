/** Transforms between time and frequency, frames, windows and mel bands of ONNX files, against sums written out; small tests of the standard's own are fixtures. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { runOnnx } from "../testing/onnx-runtime.js";
import { parametersOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { floats, ints, model as modelBytes, type Written, weightsOf } from "./read.test-support.js";
import { toOnnx } from "./write.js";

type Complex = readonly [real: number, imaginary: number];

const whole = (name: string, ...values: readonly number[]) => ints(name, values, values.length === 1 ? [] : undefined);
const real = (name: string, ...values: readonly number[]) => floats(name, values, values.length === 1 ? [] : undefined);

/** What a model makes of x, by the reference and by ONNX Runtime. */
async function both(model: Written, x: readonly number[]): Promise<readonly (readonly number[])[]> {
  const found = graphFromOnnx(modelBytes(model));
  const feeds = { ...weightsOf(found), x };
  const everything = { ...found.graph, inputs: [...found.graph.inputs, ...parametersOf(found.graph).values()] };
  const run = await runOnnx(toOnnx(found.graph), everything, feeds);
  return [Array.from(evaluate(found.graph, feeds)["y"]?.data ?? [], Number), run["y"] ?? []];
}

const close = (found: readonly (readonly number[])[], right: readonly number[]): void => {
  for (const got of found) {
    expect(got).toHaveLength(right.length);
    for (const [i, value] of got.entries()) expect(Math.abs(value - (right[i] as number)), `number ${i}`).toBeLessThan(2e-5);
  }
};

/** Numbers without a pattern. */
const noise = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => Math.sin(i * i + 1.7 * i) * 1.3);
const pairs = (values: readonly number[]): readonly Complex[] =>
  Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i] as number, values[2 * i + 1] as number]);

/** The sum that the standard says, of so many numbers; what is missing is zero. */
function transformed(values: readonly Complex[], length: number, bins = length, sign = -1): readonly Complex[] {
  return Array.from({ length: bins }, (_, bin) => {
    let [re, im] = [0, 0];
    for (let n = 0; n < length; n++) {
      const [a, b] = values[n] ?? [0, 0];
      const angle = (sign * 2 * Math.PI * bin * n) / length;
      re += a * Math.cos(angle) - b * Math.sin(angle);
      im += a * Math.sin(angle) + b * Math.cos(angle);
    }
    return sign > 0 ? [re / length, im / length] : [re, im];
  });
}

describe("DFT", () => {
  const model = (shape: readonly number[], attributes: Record<string, number>, length?: number, axis = 1): Written => ({
    nodes: [{ op: "DFT", in: ["x", length === undefined ? "" : "n", "axis"], ints: attributes }],
    inputs: { x: shape },
    initializers: [whole("axis", axis), ...(length === undefined ? [] : [whole("n", length)])],
    opset: 20,
  });
  it.each([
    [7, 7, 0],
    [7, 4, 0],
    [6, 9, 1],
    [5, 5, 1],
  ])("of %i numbers as %i, inverse %i", async (size, length, inverse) => {
    const x = noise(2 * size);
    close(
      await both(model([1, size, 2], { inverse }, length), x),
      transformed(pairs(x), length, length, inverse === 1 ? 1 : -1).flat(),
    );
  });
  it.each([7, 8])("of %i real numbers gives half, and half gives them back", async (size) => {
    const x = noise(size);
    const bins = Math.floor(size / 2) + 1;
    const half = transformed(
      x.map((value) => [value, 0]),
      size,
      bins,
    ).flat();
    close(await both(model([1, size, 1], { onesided: 1 }), x), half);
    close(await both(model([1, bins, 2], { onesided: 1, inverse: 1 }, size), half), x);
  });
  it("is along the axis that is named, from the end too", async () => {
    const x = noise(3 * 4);
    const right = [0, 1, 2, 3].map((column) =>
      transformed(
        [0, 1, 2].map((row) => [x[4 * row + column] as number, 0]),
        3,
      ),
    );
    const rows = [0, 1, 2].flatMap((bin) => right.flatMap((column) => column[bin] as Complex));
    close(await both(model([1, 3, 4, 1], {}, undefined, -3), x), rows);
  });
  it("refuses an axis of parts, and lengths beyond what a file may ask for", () => {
    const read = (written: Written) => () => graphFromOnnx(modelBytes(written));
    expect(read(model([1, 4, 2], {}, undefined, 2))).toThrow(/has no axis 2 to transform/);
    expect(read(model([1, 4, 3], {}))).toThrow(/does not end with an axis of real numbers \(1\) or complex ones \(2\)/);
    expect(read(model([1, 4, 2], {}, 0))).toThrow(/its input 1 is 0; a whole number from 1/);
    expect(read(model([1, 4, 2], {}, 2 ** 40))).toThrow(/would take more than/);
  });
});

describe("STFT", () => {
  const model = (shape: readonly number[], onesided: number, window: readonly number[]): Written => ({
    nodes: [{ op: "STFT", in: ["x", "step", "window"], ints: { onesided } }],
    inputs: { x: shape },
    initializers: [whole("step", 3), real("window", ...window)],
    opset: 17,
  });
  it.each([
    [1, 1],
    [2, 0],
  ])("of frames of numbers of %i parts, one-sided %i; what fills no frame is left out", async (kind, onesided) => {
    const [x, window] = [noise(13 * kind), [0.2, 0.9, 1, 0.7, 0.4]];
    const sound: readonly Complex[] = kind === 2 ? pairs(x) : x.map((value) => [value, 0]);
    const right = [0, 3, 6].flatMap((from) => {
      const frame = window.map((share, i): Complex => {
        const [a, b] = sound[from + i] as Complex;
        return [share * a, share * b];
      });
      return transformed(frame, 5, onesided ? 3 : 5);
    });
    close(await both(model([1, 13, kind], onesided, window), x), right.flat());
  });
  it("refuses frames that are longer than the sound", () =>
    expect(() => graphFromOnnx(modelBytes(model([1, 4, 1], 1, [1, 1, 1, 1, 1])))).toThrow(/frames of 5 do not fit \[1,4,1\]/));
});

describe("mel bands and columns", () => {
  it("refuse bands beyond the spectrum", () => {
    const edges = [whole("bands", 4), whole("length", 16), whole("rate", 8000), real("low", 0), real("high", 9000)];
    const node = { op: "MelWeightMatrix", in: ["bands", "length", "rate", "low", "high"] };
    expect(() => graphFromOnnx(modelBytes({ nodes: [node], initializers: edges, opset: 17 }))).toThrow(
      /band \d reaches from bin \d+ to \d+; there are 9/,
    );
  });
  it("lie where windows of the picture were, whatever is left beside the last", async () => {
    const node = { op: "Col2Im", in: ["x", "picture", "block"], ints: { strides: [2, 3], pads: [0, 1, 1, 0] } };
    const picture = { nodes: [node], inputs: { x: [1, 4, 4] }, opset: 18 };
    const x = noise(16);
    const right = new Array<number>(4 * 6).fill(0);
    // Windows of 2 × 2 in a picture of 4 × 6: two rows of them, two columns.
    for (let tap = 0; tap < 4; tap++)
      for (let window = 0; window < 4; window++) {
        const [row, column] = [2 * Math.floor(window / 2) + Math.floor(tap / 2), 3 * (window % 2) - 1 + (tap % 2)];
        if (column >= 0) right[6 * row + column] = (right[6 * row + column] as number) + (x[4 * tap + window] as number);
      }
    const initializers = [whole("picture", 4, 6), whole("block", 2, 2)];
    close(await both({ ...picture, initializers }, x), right);
    expect(() => graphFromOnnx(modelBytes({ ...picture, initializers: [whole("picture", 9, 6), whole("block", 2, 2)] }))).toThrow(
      /columns \[1,4,4\] are not those of 10 windows/,
    );
  });
});
