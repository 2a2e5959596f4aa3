/** The pixel path against direct sums: resize weights, plane layouts, colour matrices, turns. */
import { VideoSample } from "mediabunny";
import { describe, expect, it } from "vitest";
import { colourMatrix, planesToRgb } from "./colour.js";
import { fitRectangles } from "./fit.js";
import { axisWeights } from "./resize-weights.js";
import { rgbToI420 } from "./rgb-to-planes.js";
import { RgbConverter } from "./sample-to-rgb.js";

const even = { fit: "fill", rotation: 0, flip: false, colour: { matrix: "bt709", fullRange: false } } as const;

describe("axisWeights", () => {
  it.each([
    [10, 0, 10, 3],
    [1080, 0, 1080, 256],
    [7, 1.3, 5.9, 4],
    [5, 0, 5, 16],
    [3, 0.5, 2, 9],
    [1, 0, 1, 4],
    [256, 0, 256, 256],
  ])("weights of %i samples from %f to %f into %i sum to 1 and stay inside", (length, from, to, size) => {
    const { taps, first, count, weight } = axisWeights(length, from, to, size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < (count[i] as number); k++) sum += weight[i * taps + k] as number;
      expect(sum).toBeCloseTo(1, 5);
      expect((first[i] as number) + (count[i] as number)).toBeLessThanOrEqual(length);
    }
  });
  it("averages the exact area when shrinking", () => {
    const { taps, first, count, weight } = axisWeights(5, 0, 5, 2);
    const source = [10, 20, 30, 40, 50];
    const out = [0, 1].map((i) =>
      Array.from(
        { length: count[i] as number },
        (_, k) => (source[(first[i] as number) + k] as number) * (weight[i * taps + k] as number),
      ).reduce((a, b) => a + b),
    );
    // (10 + 20 + 30/2) / 2.5 and (30/2 + 40 + 50) / 2.5
    expect(out[0]).toBeCloseTo(18, 4);
    expect(out[1]).toBeCloseTo(42, 4);
  });
});

describe("colour", () => {
  it.each([
    ["bt709", [81.2, 118.7, 218.5], [255, 0, 0], [62.6, 102.3, 240]],
    ["smpte170m", [0, 0, 0], [255, 0, 0], [81.5, 90.2, 240]],
  ] as const)("%s: limited-range red", (matrix, _, rgb, [y, u, v]) => {
    const out = new Uint8ClampedArray(3);
    planesToRgb(Float32Array.of(y), Float32Array.of(u), Float32Array.of(v), colourMatrix(100, { matrix, fullRange: false }), out);
    for (const [i, value] of out.entries()) expect(Math.abs(value - (rgb[i] as number))).toBeLessThanOrEqual(1);
  });
  it("untagged pictures are BT.601 below 720 rows and BT.709 from there on; tags of the track win over the frame's", () => {
    expect(colourMatrix(719)).toEqual(colourMatrix(10, { matrix: "smpte170m", fullRange: false }));
    expect(colourMatrix(720)).toEqual(colourMatrix(10, { matrix: "bt709", fullRange: false }));
    expect(colourMatrix(480, { matrix: "bt709" }, { matrix: "smpte170m", fullRange: true })).toEqual(
      colourMatrix(1, { matrix: "bt709", fullRange: true }),
    );
  });
});

describe("RgbConverter", () => {
  it("gives back drawn colours through I420 to within rounding", async () => {
    const [w, h] = [64, 48];
    const rgb = Uint8Array.from({ length: w * h * 3 }, (_, i) => [180, 90, 40][i % 3] as number);
    const sample = new VideoSample(rgbToI420(rgb, w, h), { format: "I420", codedWidth: w, codedHeight: h, timestamp: 0 });
    const out = await new RgbConverter({ ...even, size: [20, 30], aspect: w / h }).convert(sample);
    sample.close();
    for (const [i, value] of out.entries()) expect(Math.abs(value - ([180, 90, 40][i % 3] as number))).toBeLessThanOrEqual(1);
  });
  it.each([
    ["RGBA", 8],
    ["BGRA", 8],
    ["I422", 8],
    ["I444", 8],
    ["I420P10", 10],
    ["I422P10", 10],
    ["I444P12", 12],
    ["NV12", 8],
  ] as const)("reads %s", async (format, bits) => {
    const [w, h] = [16, 8];
    const full = 2 ** bits / 256;
    const grey = 128 * full;
    const chroma = format.startsWith("I420") || format === "NV12" ? (w * h) / 2 : format.startsWith("I422") ? w * h : 2 * w * h;
    const samples = format.endsWith("A") ? w * h * 4 : w * h + chroma;
    const data = bits > 8 ? new Uint16Array(samples).fill(grey) : new Uint8Array(samples).fill(grey);
    const sample = new VideoSample(new Uint8Array(data.buffer), { format, codedWidth: w, codedHeight: h, timestamp: 0 });
    const out = await new RgbConverter({ ...even, size: [4, 4], aspect: 2 }).convert(sample);
    sample.close();
    const want = format.endsWith("A") ? 128 : Math.round((128 - 16) * (255 / 219));
    for (const value of out) expect(Math.abs(value - want)).toBeLessThanOrEqual(1);
  });
  it.each([
    [0, false, "abcd"],
    [90, false, "cadb"],
    [180, false, "dcba"],
    [270, false, "bdac"],
    [0, true, "badc"],
    [90, true, "acbd"],
  ] as const)("turned by %i, mirrored %s", async (rotation, flip, order) => {
    // Four quarters a b / c d of different brightness.
    const level: Record<string, number> = { a: 0, b: 80, c: 160, d: 250 };
    const data = new Uint8Array(8 * 8 * 4);
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++)
        data.fill(level["abcd"[(y > 3 ? 2 : 0) + (x > 3 ? 1 : 0)] as string] as number, (y * 8 + x) * 4, (y * 8 + x) * 4 + 4);
    const sample = new VideoSample(data, { format: "RGBA", codedWidth: 8, codedHeight: 8, timestamp: 0 });
    const out = await new RgbConverter({ ...even, rotation, flip, size: [2, 2], aspect: 1 }).convert(sample);
    sample.close();
    expect([0, 3, 6, 9].map((i) => out[i])).toEqual(Array.from(order, (letter) => level[letter]));
  });
});

describe("tags of frames", () => {
  it("count where they are the stream's, and not where a browser guesses", async () => {
    const [w, h] = [16, 8];
    const grey = new Uint8Array(w * h + (w * h) / 2).fill(128);
    // Red differs by the matrix alone.
    grey.fill(200, w * h + (w * h) / 4);
    const red = async (fromLibav: boolean): Promise<number | undefined> => {
      const colorSpace = { matrix: "bt709", fullRange: true } as const;
      const sample = new VideoSample(grey, { format: "I420", codedWidth: w, codedHeight: h, timestamp: 0, colorSpace });
      const rgb = await new RgbConverter({ ...even, colour: {}, fromLibav, size: [4, 4], aspect: 2 }).convert(sample);
      sample.close();
      return rgb[0];
    };
    expect([await red(true), await red(false)]).toEqual([128 + Math.round(72 * 1.5748), 245]);
  });
});

describe("fitRectangles", () => {
  it("covers, contains and fills", () => {
    expect(fitRectangles(2, [100, 100], "fill")).toMatchObject({
      source: { left: 0, width: 1 },
      target: { width: 100, height: 100 },
    });
    expect(fitRectangles(2, [100, 100], "cover").source).toEqual({ left: 0.25, top: 0, width: 0.5, height: 1 });
    expect(fitRectangles(0.5, [100, 100], "cover").source).toEqual({ left: 0, top: 0.25, width: 1, height: 0.5 });
    expect(fitRectangles(2, [100, 100], "contain").target).toEqual({ left: 0, top: 25, width: 100, height: 50 });
  });
});
