import { describe, expect, it } from "vitest";
import { testRandom } from "../fixtures/synthetic-sounds.js";
import { areaResize } from "./area-resize.js";

const random = testRandom(21);

/** The integral of the piecewise constant image over every output rectangle, cell by cell. */
function reference(
  pixels: ArrayLike<number>,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
  channels: number,
): Float64Array {
  const out = new Float64Array(toWidth * toHeight * channels);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const box = [
        (x * width) / toWidth,
        ((x + 1) * width) / toWidth,
        (y * height) / toHeight,
        ((y + 1) * height) / toHeight,
      ] as const;
      for (let j = 0; j < height; j++) {
        const tall = Math.min(box[3], j + 1) - Math.max(box[2], j);
        if (tall <= 0) continue;
        for (let i = 0; i < width; i++) {
          const wide = Math.min(box[1], i + 1) - Math.max(box[0], i);
          if (wide <= 0) continue;
          for (let c = 0; c < channels; c++) {
            out[(y * toWidth + x) * channels + c]! +=
              (pixels[(j * width + i) * channels + c]! * wide * tall) / ((box[1] - box[0]) * (box[3] - box[2]));
          }
        }
      }
    }
  }
  return out;
}

const SIZES = [
  [64, 48, 16, 12],
  [37, 23, 16, 9],
  [45, 80, 28, 49],
  [20, 15, 42, 32],
  [7, 5, 7, 5],
  [9, 6, 1, 1],
  [1, 1, 3, 2],
  [640, 36, 224, 20],
] as const;

describe("areaResize", () => {
  it.each(SIZES)("%i×%i → %i×%i equals the integral of the image", (width, height, toWidth, toHeight) => {
    const bytes = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random.uniform() * 256));
    const expected = reference(bytes, width, height, toWidth, toHeight, 3);
    const actual = areaResize(bytes, width, height, toWidth, toHeight);
    const float = areaResize(Float32Array.from(bytes), width, height, toWidth, toHeight);
    expect(actual).toHaveLength(expected.length);
    for (let i = 0; i < expected.length; i++) {
      expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(0.5 + 1e-6);
      expect(Math.abs(float[i]! - expected[i]!)).toBeLessThan(2e-5);
    }
  });

  it("gives the same for planar and interleaved data, one channel, and padded rows", () => {
    const [width, height] = [13, 7];
    const interleaved = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random.uniform() * 256));
    const planar = Uint8Array.from(
      interleaved,
      (_, i) => interleaved[(i % (width * height)) * 3 + Math.floor(i / (width * height))]!,
    );
    const a = areaResize(interleaved, width, height, 5, 4);
    const b = areaResize(planar, width, height, 5, 4, { layout: "planar" });
    expect([...b]).toEqual([...a].map((_, i) => a[(i % 20) * 3 + Math.floor(i / 20)]));
    const green = areaResize(planar.subarray(width * height, 2 * width * height), width, height, 5, 4, { channels: 1 });
    expect([...green]).toEqual([...b.subarray(20, 40)]);
    const padded = new Uint8Array(height * 64);
    for (let y = 0; y < height; y++) padded.set(interleaved.subarray(y * width * 3, (y + 1) * width * 3), y * 64);
    expect(areaResize(padded, width, height, 5, 4, { stride: 64 })).toEqual(a);
  });

  it("rounds halves up alike in the integer and the general path, and keeps constants and the type", () => {
    expect([...areaResize(Uint8Array.of(0, 1, 2, 3), 4, 1, 2, 1, { channels: 1 })]).toEqual([1, 3]);
    expect([...areaResize(Uint8Array.of(10, 11, 10), 3, 1, 2, 1, { channels: 1 })]).toEqual([10, 10]);
    expect([...areaResize(Uint8Array.of(10, 10, 13, 10, 10), 5, 1, 2, 1, { channels: 1 })]).toEqual([11, 11]);
    expect(new Set(areaResize(new Uint8Array(31 * 17 * 3).fill(255), 31, 17, 8, 9))).toEqual(new Set([255]));
    expect(areaResize(new Uint8ClampedArray(12), 2, 2, 1, 1)).toBeInstanceOf(Uint8ClampedArray);
    expect(areaResize(new Float32Array(12), 2, 2, 1, 1)).toBeInstanceOf(Float32Array);
  });

  it("rejects sizes that do not fit the data", () => {
    expect(() => areaResize(new Uint8Array(10), 2, 2, 1, 1)).toThrow(/need 12 values; got 10/);
    expect(() => areaResize(new Uint8Array(12), 2, 2, 0, 1)).toThrow(/toWidth is 0/);
    expect(() => areaResize(new Uint8Array(12), 2, 2, 1, 1, { stride: 4 })).toThrow(/stride is 4/);
  });
});
